"""A mailed link proves a mailbox: once, for a while, and only for what it was made for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.customers.models import LinkPurpose, MailedLink
from shop.customers.services.links import LinkGone, link_with, make_link, use_link
from shop.vault import REMOVED
from tests.support.customers import CARO, DAN

pytestmark = pytest.mark.once

RESET, SIGN_UP = LinkPurpose.RESET_PASSWORD, LinkPurpose.SIGN_UP


def test_it_leads_to_the_address_it_was_mailed_to(app: Flask) -> None:
    assert link_with(make_link(purpose=SIGN_UP, email=CARO), purpose=SIGN_UP).email == CARO


def test_it_works_once_and_its_address_is_forgotten(app: Flask) -> None:
    token = make_link(purpose=SIGN_UP, email=CARO)
    link = link_with(token, purpose=SIGN_UP)
    use_link(link)
    with pytest.raises(LinkGone):
        use_link(link)
    with pytest.raises(LinkGone):
        link_with(token, purpose=SIGN_UP)
    kept = MailedLink.get()
    assert (kept.email, kept.email_index) == (REMOVED, None)


def test_it_is_good_for_nothing_else(app: Flask) -> None:
    with pytest.raises(LinkGone):
        link_with(make_link(purpose=SIGN_UP, email=CARO), purpose=RESET)


def test_it_runs_out(app: Flask) -> None:
    token = make_link(purpose=SIGN_UP, email=CARO, good_for=timedelta(minutes=10))
    clock.travel(timedelta(minutes=11))
    with pytest.raises(LinkGone):
        link_with(token, purpose=SIGN_UP)


def test_a_newer_one_ends_the_older_ones_of_the_same_address(app: Flask) -> None:
    older, others = make_link(purpose=SIGN_UP, email=CARO), make_link(purpose=SIGN_UP, email=DAN)
    newer = make_link(purpose=SIGN_UP, email=CARO.upper())
    with pytest.raises(LinkGone):
        link_with(older, purpose=SIGN_UP)
    assert link_with(newer, purpose=SIGN_UP) != link_with(others, purpose=SIGN_UP)


def test_it_ends_when_what_it_is_bound_to_changes(app: Flask) -> None:
    token = make_link(purpose=RESET, email=CARO, bound_to=b"before")
    assert link_with(token, purpose=RESET, bound_to=b"before")
    for now in (b"after", None):
        with pytest.raises(LinkGone):
            link_with(token, purpose=RESET, bound_to=now)
