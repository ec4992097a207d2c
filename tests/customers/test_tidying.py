"""What has run out is cleared away, and what still counts is not."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from shop import clock
from shop.customers.models import Customer, CustomerSession, LinkPurpose, MailedLink, SignInStep, StepKind
from shop.customers.services.links import link_with, make_link
from shop.customers.services.sessions import begin_session
from shop.customers.services.steps import begin_step
from shop.customers.services.tidying import clear_ended
from tests.support.customers import CARO, DAN


def test_links_half_sign_ins_and_sessions_go_when_they_are_over(app: Flask, caro: Customer) -> None:
    make_link(purpose=LinkPurpose.RESET_PASSWORD, email=CARO, customer=caro)
    begin_step(StepKind.SECOND_FACTOR, customer=caro)
    begin_session(customer=caro)
    assert clear_ended() == 0
    clock.travel(timedelta(days=15))
    assert clear_ended() == 3
    assert not any(model.select().exists() for model in (MailedLink, SignInStep, CustomerSession))
    assert clear_ended() == 0


def test_what_still_counts_stays(app: Flask, caro: Customer) -> None:
    undo = make_link(purpose=LinkPurpose.UNDO_EMAIL, email=DAN, customer=caro, good_for=timedelta(days=7))
    begin_session(customer=caro)
    clock.travel(timedelta(days=6))
    assert clear_ended() == 0
    assert link_with(undo, purpose=LinkPurpose.UNDO_EMAIL).email == DAN
    assert CustomerSession.select().count() == 1
