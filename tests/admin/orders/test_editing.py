"""Changing what was ordered at the desk: looked for, worked out, and done as it was shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from shop.catalogue.models import Variant
from shop.orders.models import EditState, Order, OrderEdit, OrderLine, Payment, Refund
from shop.outbox.models import Mail, MailKind

from ...practice import PracticeGateway
from ...support.changed import card_for, line_of
from ...support.client import ShopClient
from ...support.till import Shelf


@pytest.fixture
def page(order: Order) -> str:
    return f"/admin/orders/{order.number}/edit"


@pytest.fixture(params=["plain", "htmx"])
def either(request: pytest.FixtureRequest, order: Order) -> Iterator[ShopClient]:
    yield request.getfixturevalue("robin" if request.param == "plain" else "robin_htmx")


def fields_of(html: str) -> dict[str, str]:
    """What the form on a page would send, untouched."""
    form = html[html.index('class="edit-order"') :]
    return dict(re.findall(r'<input type="hidden" name="(csrf_token|seen|digest)" value="([^"]*)"', form))


def test_goods_are_found_and_added_and_the_figures_shown_before_anything_is_done(
    app: Flask, robin: ShopClient, order: Order, page: str, shelf: Shelf
) -> None:
    assert f'href="{page}"' in robin.get(f"/admin/orders/{order.number}").text
    first = robin.get(page)
    assert "Nothing is different yet" in first.text
    typed = {**fields_of(first.text), f"quantity_{line_of(order, shelf.tote)}": "1", "restock": "y"}
    found = robin.post(f"{page}/preview", data={**typed, "q": "pouch"})
    assert f'name="add" value="{shelf.last}"' in found.text
    by_sku = robin.post(f"{page}/preview", data={**typed, "q": "CLAY-pou"})
    assert f'name="add" value="{shelf.last}"' in by_sku.text
    assert "Nothing that is for sale" in robin.post(f"{page}/preview", data={**typed, "q": "zebra"}).text
    added = robin.post(f"{page}/preview", data={**typed, "add": str(shelf.last)})
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", added.text))
    for shown in ("$39.42 goes back to the customer", "Clay Pouch – 1 × $12.00", "Total$105.12$65.70"):
        assert shown in text, text[text.index("Change what was") :][:3000]
    assert OrderEdit.select().count() == 0
    assert robin.post(f"{page}/preview", data={**typed, "restock": ""}).status_code == 200


def test_less_is_changed_and_goes_back(app: Flask, either: ShopClient, order: Order, page: str, shelf: Shelf) -> None:
    on_hand = Variant.get_by_id(shelf.tote).on_hand
    typed = {f"quantity_{line_of(order, shelf.tote)}": "1", "restock": "y", "tell": "y"}
    seen = either.post(f"{page}/preview", data={**fields_of(either.get(page).text), **typed})
    assert "$52.56" in seen.text
    answer = either.post(page, data={**fields_of(seen.text), **typed})
    assert answer.status_code in {204, 303}
    edit = OrderEdit.get()
    assert (edit.state, edit.staff_id, edit.difference_cents) == (EditState.APPLIED, 1, -5256)
    assert Refund.get().amount_cents == 5256
    assert Variant.get_by_id(shelf.tote).on_hand == on_hand + 1
    assert Mail.select().where(Mail.kind == MailKind.ORDER_CHANGED).count() == 1
    shown = either.get(f"/admin/orders/{order.number}").text
    assert "What was ordered was changed: Alder Tote, Moss: 1 instead of 2. The total is" in shown
    assert "Robin Fern" in shown
    again = either.post(page, data={**fields_of(seen.text), **typed})
    assert again.status_code in {204, 303}
    assert OrderEdit.select().count() == 1


def test_more_is_charged_to_the_card_that_the_customer_named(
    app: Flask, robin: ShopClient, order: Order, page: str, shelf: Shelf, practice_gateway: PracticeGateway
) -> None:
    with app.app_context():
        card = card_for(order)
    typed = {f"quantity_{line_of(order, shelf.tote)}": "2", f"added_{shelf.last}": "1"}
    seen = robin.post(f"{page}/preview", data={**fields_of(robin.get(page).text), **typed})
    assert "Charge Visa ending in 1881" in seen.text
    sent = {**fields_of(seen.text), **typed}
    assert "Choose how the difference is paid" in robin.post(page, data=sent).text
    wrong = robin.post(page, data={**sent, "way": f"card-{card.id}"})
    assert (wrong.status_code, "Say how the customer agreed" in wrong.text) == (422, True)
    assert Payment.select().count() == 1
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (robin._cookies or {}).values())
    final = {**sent, "way": f"card-{card.id}", "told": "letter"}

    def click(_: int) -> int:
        return ShopClient(app, use_cookies=False).post(page, data=final, headers={"Cookie": cookies}).status_code

    with ThreadPoolExecutor(8) as clicks:
        assert set(clicks.map(click, range(20))) == {303}
    assert (OrderEdit.get().state, OrderEdit.get().source) == (EditState.APPLIED, "letter")
    assert [charge["type"] for charge in practice_gateway.ledger()] == ["sale", "sale"]
    text = robin.get(f"/admin/orders/{order.number}").text
    assert "The customer agreed by letter that $13.14 more is charged to the saved card" in text


def test_a_card_that_is_declined_leaves_the_form_with_the_reason(
    app: Flask, robin: ShopClient, order: Order, page: str, shelf: Shelf
) -> None:
    with app.app_context():
        card = card_for(order)
    Variant.update(price_cents=200_000).where(Variant.id == shelf.last).execute()
    typed = {f"quantity_{line_of(order, shelf.tote)}": "2", f"added_{shelf.last}": "1"}
    seen = robin.post(f"{page}/preview", data={**fields_of(robin.get(page).text), **typed})
    sent = {**fields_of(seen.text), **typed, "way": f"card-{card.id}", "told": "in_shop"}
    for _ in range(2):
        declined = robin.post(page, data=sent)
        assert (declined.status_code, "The card was not charged." in declined.text) == (422, True)
    assert (OrderEdit.get().state, Payment.select().count()) == (EditState.FAILED, 2)
    assert fields_of(declined.text)["seen"] != sent["seen"]


def test_a_question_to_the_customer_is_taken_back(
    app: Flask, robin: ShopClient, order: Order, page: str, shelf: Shelf
) -> None:
    typed = {f"quantity_{line_of(order, shelf.tote)}": "3", "way": "ask"}
    seen = robin.post(f"{page}/preview", data={**fields_of(robin.get(page).text), **typed})
    assert robin.post(page, data={**fields_of(seen.text), **typed}).status_code == 303
    shown = f"/admin/orders/{order.number}"
    assert "They were asked by mail for $52.56 more" in robin.get(shown).text
    assert "A change of this order waits" in robin.get(page).text
    assert robin.submit(shown, action=f"{page}/withdraw").status_code == 303
    assert (OrderEdit.get().state, Variant.get_by_id(shelf.tote).held) == (EditState.WITHDRAWN, 0)


def test_an_old_form_changes_nothing_and_shows_what_is_now(
    app: Flask, robin: ShopClient, order: Order, page: str, shelf: Shelf
) -> None:
    line = line_of(order, shelf.tote)
    typed = {f"quantity_{line}": "3", "way": "ask"}
    seen = robin.post(f"{page}/preview", data={**fields_of(robin.get(page).text), **typed})
    Variant.update(price_cents=6000).where(Variant.id == shelf.tote).execute()
    dearer = robin.post(page, data={**fields_of(seen.text), **typed})
    assert (dearer.status_code, "$60.00" in dearer.text) == (409, True)
    robin.submit(f"/admin/orders/{order.number}", action=f"/admin/orders/{order.number}/pack")
    packed = robin.post(page, data={**fields_of(dearer.text), **typed})
    assert (packed.status_code, "Somebody changed this order" in packed.text) == (409, True)
    Variant.update(on_hand=0).where(Variant.id == shelf.tote).execute()
    gone = robin.post(page, data={**fields_of(packed.text), **typed})
    assert (gone.status_code, "only 0 more can be had" in gone.text) == (422, True)
    assert (OrderEdit.select().count(), OrderLine.get().quantity) == (0, 2)


def test_what_was_typed_wrong_is_said_at_its_field(robin: ShopClient, order: Order, page: str, shelf: Shelf) -> None:
    name = f"quantity_{line_of(order, shelf.tote)}"
    for typed in ("", "many", "-1", "1000"):
        wrong = robin.post(f"{page}/preview", data={**fields_of(robin.get(page).text), name: typed})
        assert (wrong.status_code, f'id="{name}-error"' in wrong.text) == (422, True)
    none = robin.post(f"{page}/preview", data={**fields_of(robin.get(page).text), name: "0"})
    assert (none.status_code, "Cancel the order instead" in none.text) == (422, True)


def test_a_packer_may_not(sam: ShopClient, order: Order, page: str) -> None:
    assert sam.get(page).status_code == 403
    assert f'href="{page}"' not in sam.get(f"/admin/orders/{order.number}").text
