"""Writing to an order's customer, and sending one of its mails again."""

from __future__ import annotations

import secrets

from flask import Response, abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...orders.models import Order, OrderContact
from ...orders.services.messages import send_mail_again, write_to_customer
from ...orders.services.revisions import NotNow
from ...outbox.models import Mail
from ...signing_in import go_to
from ...web import number_in, page_or_fragment
from ..blueprint import blueprint
from ..roles import PACKING
from .forms import MessageForm, in_task
from .gate import of_order
from .order_page import done, order_page


@blueprint.get("/orders/<number>/message")
@staff(*PACKING)
@of_order
def message(found: Order) -> ResponseReturnValue:
    return _form_page(found, MessageForm(data={"token": secrets.token_urlsafe(16)}))


@blueprint.post("/orders/<number>/message")
@staff(*PACKING)
@of_order
def send_message(found: Order) -> ResponseReturnValue:
    form = MessageForm()
    if not form.validate():
        return _form_page(found, form, 422)
    try:
        is_new = write_to_customer(
            order=found,
            subject_line=form.subject_line.data,
            text=form.text.data,
            token=form.token.data,
            staff_id=current_user.person.id,
        )
    except NotNow as error:
        return _form_page(found, form, 422, str(error))
    flash("Your mail is on its way." if is_new else "It was sent already.")
    return go_to(url_for("admin.order", number=found.number))


@blueprint.post("/orders/<number>/mails/<id:mail_id>/again")
@staff(*PACKING)
@of_order
def mail_again(found: Order, mail_id: int) -> ResponseReturnValue:
    is_its = (Mail.id == mail_id) & (Mail.about_kind == "order") & (Mail.about_id == found.id)
    mail = Mail.get_or_none(is_its) or abort(404)
    try:
        is_new = send_mail_again(
            order=found,
            mail=mail,
            copies=number_in(request.form.get("copies")) or 0,
            staff_id=current_user.person.id,
        )
    except NotNow as error:
        return order_page(found, error=error)
    return done(found, "The mail goes out again." if is_new else "It was sent again already.")


def _form_page(order: Order, form: MessageForm, status: int = 200, problem: str = "") -> Response:
    contact = OrderContact.get_or_none(OrderContact.order == order.id)
    return page_or_fragment(
        "admin/orders/message.html",
        "admin/orders/_message.html",
        status=status,
        order=order,
        contact=contact,
        form=in_task(form),
        problem=problem,
        desk_page="orders",
    )
