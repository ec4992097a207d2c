"""How many queries the order list takes: each tab with the counts of all of them, and each way to search."""

from __future__ import annotations

from flask import Flask

from ...support.client import ShopClient
from ...support.listed import listed
from ...support.queries import count_queries

LIST = "/admin/orders"
KNOWN = {"email": "ada@customers.example", "phone": "+12135550134"}
TABS = dict.fromkeys(("", "tab=pack", "tab=send", "tab=days", "tab=problem", "tab=sent", "tab=done"), 14)
SEARCHES = {
    "q={number}": 16,
    "q={half}": 16,
    "q=ada@customers.example": 14,
    "q=%2B1+213+555+0134": 16,
    "q=Lovelace": 16,
    "q=alder+tote": 16,
    "q=tote": 16,
    "q=nobody@example.org": 14,
}


def test_each_tab_and_each_search_takes_as_many_queries_as_ever(app: Flask, robin: ShopClient) -> None:
    number = listed("Ada Lovelace", **KNOWN).number
    words = {"number": number, "half": number.partition("-")[0]}
    few = {query: asked_for(robin, query.format(**words)) for query in (*TABS, *SEARCHES)}
    for _ in range(30):
        listed("Ada Lovelace", **KNOWN)
    many = {query: asked_for(robin, query.format(**words)) for query in (*TABS, *SEARCHES)}
    assert few == many == TABS | SEARCHES


def asked_for(robin: ShopClient, query: str) -> int:
    """Without the trail of who searched for what."""
    robin.get(f"{LIST}?{query}")
    with count_queries() as sent:
        robin.get(f"{LIST}?{query}")
    return len([sql for sql in sent if "audit_event" not in sql])
