"""A page with nothing but a card form on it."""

from __future__ import annotations

from flask import Flask, render_template_string, request

from shop.access_rules import public
from shop.payments import gateway
from shop.security import widen_content_policy
from shop.web import is_htmx

PAGE = """
{% extends "base.html" %}
{% block title %}Pay{% endblock %}
{% block head %}{% include "payments/_head.html" %}{% endblock %}
{% block main %}
<h1>Pay</h1>
{% include form %}
{% endblock %}
"""
FORM = """
<form id="form" method="post" action="/try-card" data-card-entry{% if by_htmx %} hx-post="/try-card?htmx=1"{% endif %}>
  {% if reason %}<p id="reason">{{ reason }}</p>{% endif %}
  {% if outcome %}<p id="outcome">{{ outcome }}</p>{% endif %}
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
  {% include "payments/_card.html" %}
  <button class="button" type="submit" data-card-pay>Pay</button>
</form>
"""


def add_card_page(app: Flask, *, ref: str = "browser", cents: int = 1999) -> None:
    """GET shows the form; POST sends what it was given to the gateway and shows what came of it."""

    @app.route("/try-card", methods=["GET", "POST"])
    @public
    def try_card() -> str:
        outcome = None
        if request.method == "POST":
            nonce = request.form["payment_method_nonce"]
            outcome = gateway.authorise(ref=ref, amount_cents=cents, nonce=nonce)
        entry = gateway.card_entry()
        widen_content_policy(**entry.content_policy)
        context = {
            "card_entry": entry,
            "card_page": "/try-card",
            "by_htmx": "htmx" in request.args,
            "reason": outcome.reason if isinstance(outcome, gateway.Declined) else "",
            "outcome": type(outcome).__name__ if outcome else "",
        }
        if is_htmx():
            return render_template_string(FORM, **context)
        return render_template_string(PAGE, form=app.jinja_env.from_string(FORM), **context)
