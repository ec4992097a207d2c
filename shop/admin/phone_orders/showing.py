"""What the page of an order that is being taken shows, section by section."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...catalogue.sold import sold_goods
from ...checkout.answers import NOT_CHARGED, Problem
from ...checkout.asking import DeliveryForm, delivery_form_for
from ...checkout.models import CheckoutDraft
from ...checkout.prefilling import KINDS, delivery_before, offered, saved_addresses
from ...checkout.queries import Checkout
from ...checkout.taking.queries import Standing, standing_of
from ...checkout.taking.services import KIND
from ...customers.consents import ConsentPurpose
from ...customers.services.consents import has_consent
from ...outbox.models import Mail
from ...outbox.queries import mails_about
from ...payments.models import StoredCard
from ...payments.queries import usable_cards
from ...vault import Source, preload
from ...web import changed, is_htmx, page_or_fragment
from ..customers.finding import AT_MOST, find_people, note_search
from ..orders.history import mail_note, mail_pill
from ..queries import staff_names
from .forms import ChargeForm, CodeForm, EmailForm, MethodForm
from .opening import here

LONGEST_SEARCH, FOUND_AT_MOST = 254, 12


@dataclass(frozen=True)
class Wrong:
    """A quantity that was refused, as it was typed: of goods that were found, or of a line."""

    typed: str
    reason: str
    variant_id: int | None = None
    line_id: int | None = None


def checkout_of(draft: CheckoutDraft) -> Checkout:
    """Sent off from here, it is staff who send it."""
    return Checkout(draft.cart, draft.customer, actor=by())


def by() -> str:
    return f"staff:{current_user.person.id}"


def search_in(name: str) -> str:
    """What was typed to search for, under a field's name."""
    typed = request.values.get(name, "")[:LONGEST_SEARCH]
    return "".join(letter for letter in typed if letter.isprintable()).strip()


def show(draft: CheckoutDraft, section: str = "order", *, status: int = 200, **context: Any) -> Response:
    """The page; for htmx the `section` that asked, as after something was typed wrong."""
    shown = shown_of(draft, **context)
    return page_or_fragment(
        "admin/phone_orders/order.html", f"admin/phone_orders/_{section}.html", status=status, **shown
    )


def done(
    draft: CheckoutDraft, section: str, said: str, *, also: Sequence[str] = (), **context: Any
) -> ResponseReturnValue:
    """After a change that worked: the section it was in, and what changes with it; what it comes to always does."""
    if not is_htmx():
        flash(said)
    parts = [*also, "side"] if section != "side" else list(also)
    fresh = CheckoutDraft.get_by_id(draft.id)
    return changed(
        "admin/phone_orders/_changed.html",
        location=_back(draft, **context),
        section=section,
        also=parts,
        said=said,
        **shown_of(fresh, **context),
    )


def _back(draft: CheckoutDraft, **context: Any) -> str:
    return url_for("admin.taken_order", draft_id=draft.id, goods=context.get("goods") or None)


def shown_of(draft: CheckoutDraft, **context: Any) -> dict[str, Any]:
    """`context` holds forms with what was typed wrong, and what was searched for."""
    checkout = checkout_of(draft)
    return {
        "draft": draft,
        "checkout": checkout,
        "here": here(draft),
        "way": Source(draft.told).way,
        "taker": takers_of([draft]).get(draft.id, "somebody who worked here"),
        "standing": standing_of(draft),
        "Standing": Standing,
        "wrong": None,
        "problem": None,
        "desk_page": "new-order",
        **_goods(context.get("goods", "")),
        **_who(context.get("who", "")),
        **_delivery(draft, checkout, context.get("sent"), is_open=bool(context.get("change"))),
        **_side(draft, checkout),
        **{name: value for name, value in context.items() if name not in {"goods", "who", "sent", "change"}},
    }


def takers_of(drafts: Iterable[CheckoutDraft]) -> dict[int, str]:
    """Who takes each of them, by its id."""
    takers = {draft.id: draft.taken_by for draft in drafts if draft.taken_by is not None}
    names = staff_names(set(takers.values()))
    return {draft_id: names[staff_id] for draft_id, staff_id in takers.items() if staff_id in names}


def _goods(search: str) -> dict[str, Any]:
    return {
        "goods_search": search,
        "goods_found": sold_goods(search, most=FOUND_AT_MOST),
        "code_form": CodeForm(formdata=None),
    }


def _who(search: str) -> dict[str, Any]:
    finding = find_people(search) if search else None
    if finding is not None:
        note_search(staff_id=current_user.person.id, finding=finding)
    return {
        "who_search": search,
        "finding": finding,
        "found_at_most": AT_MOST,
        "email_form": EmailForm(formdata=None),
    }


def _delivery(draft: CheckoutDraft, checkout: Checkout, sent: DeliveryForm | None, *, is_open: bool) -> dict[str, Any]:
    """Its form, unless all of it was answered and nobody wants to change it."""
    is_asked = sent is not None or is_open or not draft.is_delivery_done or not checkout.offers
    if not is_asked:
        return {"delivery_form": None}
    saved = saved_addresses(draft.customer)
    form = sent or delivery_form(draft, checkout, before=delivery_before(checkout, saved))
    return {"delivery_form": form, "saved_addresses": {kind: offered(saved, kind) for kind in KINDS}, "at_desk": True}


def delivery_form(
    draft: CheckoutDraft,
    checkout: Checkout,
    *,
    sent: Mapping[str, str] | None = None,
    before: Mapping[str, Any] | None = None,
) -> DeliveryForm:
    there = url_for("admin.take_delivery", draft_id=draft.id)
    return delivery_form_for(checkout, here=there, sent=sent, before=before)


def _side(draft: CheckoutDraft, checkout: Checkout) -> dict[str, Any]:
    mails = list(mails_about(KIND, draft.id))
    preload(mail.subject for mail in mails)
    newest: Mail | None = mails[-1] if mails else None
    return {
        "method_form": MethodForm(formdata=None),
        "charge_form": ChargeForm(formdata=None),
        "cards": cards_to_charge(draft),
        "attempt": secrets.token_urlsafe(12),
        "mail": newest,
        "mail_note": mail_note,
        "mail_pill": mail_pill,
    }


def cards_to_charge(draft: CheckoutDraft) -> list[StoredCard]:
    """Those that its customer agreed to have kept for their orders."""
    if draft.customer_id is None or not has_consent(draft.customer_id, ConsentPurpose.SAVED_CARD):
        return []
    return usable_cards(draft.customer_id)


def at_desk(problem: Problem) -> tuple[str, str]:
    """What stands in the way, as staff read it."""
    return problem.title, problem.text.replace(NOT_CHARGED, "Nothing was charged.")
