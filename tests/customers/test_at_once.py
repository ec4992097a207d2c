"""Two tabs, two thieves, a double click: what works once works once, however many come at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
from flask import Flask

from shop import clock
from shop.customers.models import (
    Authenticator,
    Customer,
    CustomerSession,
    LinkPurpose,
    RecoveryCode,
    SignInStep,
    StepKind,
)
from shop.customers.queries import customer_with
from shop.customers.services import email, passwords, second_factor, sign_up, steps
from shop.customers.services.links import LinkGone, make_link
from shop.customers.services.sign_in import sign_in_with_code
from shop.customers.services.ways_in import mail_way_in
from shop.db import close_connection, db, open_connection
from shop.second_factor import WrongCode
from tests.support.customers import CARO, PASSWORD, make_customer
from tests.support.mailbox import link_to, subjects_to

REFUSALS = (
    LinkGone,
    steps.StepGone,
    WrongCode,
    sign_up.AccountExists,
    email.EmailTaken,
    passwords.WrongPassword,
)
BETTER = "herons stand on one leg"


def all_at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """What each gave, or how it was refused."""

    def run(work: Callable[[], object]) -> object:
        with app.app_context():
            open_connection()
            try:
                return work()
            except REFUSALS as refused:
                return refused
            finally:
                close_connection()
                if not db.is_closed():
                    db.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def done(answers: list[object]) -> int:
    return sum(not isinstance(answer, REFUSALS) for answer in answers)


def code_now() -> str:
    return pyotp.TOTP(str(Authenticator.get().secret)).at(clock.now())


def with_second_factor(app: Flask, customer: Customer) -> list[str]:
    with app.app_context():
        second_factor.start_authenticator(customer=customer)
        found = second_factor.confirm_authenticator(customer=customer, code=code_now())
    clock.travel(timedelta(seconds=120 + 31 - clock.now().timestamp() % 30))
    return found


def test_one_link_makes_one_account(app: Flask) -> None:
    token = make_link(purpose=LinkPurpose.SIGN_UP, email=CARO)
    answers = all_at_once(app, *[lambda: sign_up.sign_up(token=token, name="Caro", password=PASSWORD)] * 4)
    assert done(answers) == Customer.select().count() == 1


def test_an_address_goes_to_a_new_account_or_to_one_that_wants_it(app: Flask, dan: Customer) -> None:
    wanted = "shared@elsewhere.example"
    with app.app_context():
        email.ask_for_email(customer=dan, email=wanted)
        change = link_to(wanted).partition("key=")[2]
    token = make_link(purpose=LinkPurpose.SIGN_UP, email=wanted)
    answers = all_at_once(
        app,
        lambda: sign_up.sign_up(token=token, name=None, password=PASSWORD),
        lambda: email.change_email(token=change, session=None),
    )
    assert done(answers) == 1
    assert customer_with(wanted) is not None


def test_one_link_sets_one_password(app: Flask, caro: Customer) -> None:
    with app.app_context():
        mail_way_in(email=CARO, asked_for=LinkPurpose.RESET_PASSWORD)
    token = link_to(CARO).partition("key=")[2]
    answers = all_at_once(
        app, *[lambda n=n: passwords.reset_password(token=token, new=f"{BETTER} {n}") for n in range(4)]
    )
    assert done(answers) == 1
    assert subjects_to(CARO).count("Your password was changed") == 1


def test_two_changes_of_one_password_are_one(app: Flask) -> None:
    caro = make_customer(CARO, "Caro Reed", password=PASSWORD)

    def change(number: int) -> None:
        mine = Customer.get_by_id(caro.id)
        passwords.change_password(customer=mine, current=PASSWORD, new=f"{BETTER} {number}", session=None)

    answers = all_at_once(app, *[lambda n=n: change(n) for n in range(3)])
    assert done(answers) == 1
    assert subjects_to(CARO).count("Your password was changed") == 1


def test_a_mailbox_that_two_accounts_want_goes_to_one(app: Flask, caro: Customer, dan: Customer) -> None:
    wanted = "shared@elsewhere.example"
    tokens = []
    with app.app_context():
        for customer in (caro, dan):
            email.ask_for_email(customer=customer, email=wanted)
            tokens.append(link_to(wanted).partition("key=")[2])
    answers = all_at_once(app, *[lambda t=t: email.change_email(token=t, session=None) for t in tokens])
    assert done(answers) == 1
    assert Customer.select().where(Customer.email_index.is_null(False)).count() == 2
    assert customer_with(wanted) is not None


def test_one_code_of_the_app_lets_one_in(app: Flask, caro: Customer) -> None:
    with_second_factor(app, caro)
    halves = [steps.begin_step(StepKind.SECOND_FACTOR, customer=caro) for _ in range(3)]
    code = code_now()
    answers = all_at_once(app, *[lambda h=h: sign_in_with_code(token=h, code=code) for h in halves])
    assert done(answers) == CustomerSession.select().count() == 1


def test_one_recovery_code_lets_one_in(app: Flask, caro: Customer) -> None:
    codes = with_second_factor(app, caro)
    halves = [steps.begin_step(StepKind.SECOND_FACTOR, customer=caro) for _ in range(3)]
    answers = all_at_once(app, *[lambda h=h: sign_in_with_code(token=h, code=codes[0]) for h in halves])
    assert done(answers) == 1
    assert RecoveryCode.select().where(RecoveryCode.used_at.is_null()).count() == 9


def test_guesses_at_once_are_all_counted(app: Flask, caro: Customer) -> None:
    with_second_factor(app, caro)
    half = steps.begin_step(StepKind.SECOND_FACTOR, customer=caro)
    answers = all_at_once(app, *[lambda: sign_in_with_code(token=half, code="000000")] * 8)
    assert sum(isinstance(answer, WrongCode) for answer in answers) == 5
    assert not SignInStep.select().exists()


def test_half_a_sign_in_is_finished_once(app: Flask, caro: Customer) -> None:
    codes = with_second_factor(app, caro)
    half = steps.begin_step(StepKind.SECOND_FACTOR, customer=caro)
    answers = all_at_once(app, *[lambda c=c: sign_in_with_code(token=half, code=c) for c in codes[:3]])
    assert done(answers) == CustomerSession.select().count() == 1
