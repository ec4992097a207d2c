"""A customer's saved cards: seen by brand, last four digits and expiry, and removed here and at the gateway."""

from __future__ import annotations

from flask import abort, flash, url_for
from flask.typing import ResponseReturnValue

from ..access_rules import customer
from ..customers.edits import Edit, set_edit
from ..customers.services.consents import ConsentPurpose, withdraw
from ..payments.models import StoredCard
from ..payments.queries import card_of, cards_of
from ..payments.services.cards import remove_card as remove
from ..vault import Source
from ..web import changed, page_or_fragment
from .entering import here
from .pages import blueprint

REMOVED = "The card is removed: nobody can pay with it here any more. Our payment processor is told to delete it, too."
set_edit(StoredCard, lambda _row, _column: Edit("account.cards", {}))


@blueprint.get("/account/cards")
@customer
def cards() -> ResponseReturnValue:
    return page_or_fragment("account/cards.html", "account/_cards.html", cards=cards_of(here().id))


@blueprint.post("/account/cards/<id:card_id>/remove")
@customer
def remove_card(card_id: int) -> ResponseReturnValue:
    """With the last card goes the consent to keep any."""
    me = here()
    card = card_of(me.id, card_id)
    if card is None:
        abort(404)
    remove(card=card)
    left = cards_of(me.id)
    if not left:
        withdraw(customer=me, purpose=ConsentPurpose.SAVED_CARD, source=Source.SELF)
    flash(REMOVED)
    return changed("account/_cards_changed.html", location=url_for(".cards"), cards=left, said=REMOVED)
