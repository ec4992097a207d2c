"""What is printed and handed over, the register of paper and that of recipients, in their states."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.orders.prints import PRINTABLES

from .client import ShopClient
from .waiting import made, waiting_order

PRINT, HAND_OVER = "/admin/orders/print", "/admin/orders/hand-over"
PAPER, RECIPIENTS = "/admin/paper", "/admin/recipients"


def paper_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    goods = [(made("Heron Tote", "Fern Atelier", option1="Moss"), 2)]
    near = waiting_order("Wren Oakes", method="local", goods=goods, note="The bell does not work.")
    far = waiting_order("Ada Byron", goods=goods)
    found = {"admin-paper-none": robin.get(PAPER), "admin-print": robin.get(PRINT)}
    for what in PRINTABLES:
        page = robin.get(f"{PRINT}/{what}?numbers={near.number}")
        found[f"admin-print-{what}"] = page
        found[f"admin-print-{what}-sheets"] = robin.get(robin.submit(page, action=f"{PRINT}/{what}").location)
    found["admin-print-wrong"] = robin.submit(page, action=f"{PRINT}/{what}", location="")
    found["admin-print-pick-list"] = robin.get(f"{PRINT}/pick-list")
    found["admin-print-over"] = robin.get(f"{PRINT}/sheets/over")
    found |= _hand_over(robin, far.number)
    return found | _paper(robin) | _recipients(robin)


def _hand_over(robin: ShopClient, number: str) -> dict[str, TestResponse]:
    found = {"admin-hand-over": robin.get(HAND_OVER), "admin-hand-over-usps": robin.get(f"{HAND_OVER}?to=usps")}
    page = robin.get(f"{HAND_OVER}?to=usps")
    robin.submit(found["admin-hand-over-usps"], action=HAND_OVER, numbers=[number])
    found["admin-hand-over-again"] = robin.submit(page, action=HAND_OVER, numbers=[number])
    return found


def _paper(robin: ShopClient) -> dict[str, TestResponse]:
    found = {"admin-paper": robin.get(PAPER), "admin-paper-one": robin.get(f"{PAPER}/1")}
    found["admin-paper-wrong"] = robin.submit(PAPER, action=f"{PAPER}/gone")
    robin.submit(f"{PAPER}/1", action=f"{PAPER}/1/gone", how="shredded", signed="Robin Fern")
    found["admin-paper-closed"], found["admin-paper-gone"] = robin.get(f"{PAPER}/1"), robin.get(f"{PAPER}?show=gone")
    found["admin-paper-new"] = robin.get(f"{PAPER}/new")
    found["admin-paper-new-wrong"] = robin.submit(f"{PAPER}/new", action=PAPER, reference="nobody")
    return found


def _recipients(robin: ShopClient) -> dict[str, TestResponse]:
    new = robin.get(f"{RECIPIENTS}/new?kind=manufacturer")
    wrong = robin.submit(new, action=RECIPIENTS, name="Fern Atelier", fields=["delivery_name"])
    return {
        "admin-recipients": robin.get(RECIPIENTS),
        "admin-recipient": robin.get(f"{RECIPIENTS}/usps"),
        "admin-recipient-new": new,
        "admin-recipient-wrong": wrong,
    }
