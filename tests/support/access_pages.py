"""The desk's pages of people, sign-ins and the audit trail, in each of their states, for every_page."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.admin.access.resetting import token_of
from shop.admin.access.second_factor import begin_app, give_demo_app
from shop.admin.access.signing_in import enter
from shop.admin.models import Invitation, Role, Staff
from shop.admin.queries import staff_with, token_hash
from shop.admin.services import create_staff

from .client import ShopClient
from .desk import PASSWORD, ROBIN

PEOPLE, MINE, TRAIL = "/admin/people", "/admin/me/second-factor", "/admin/trail"
KIT, LEE = "kit@fern.example", "lee@fern.example"


def access_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    with app.app_context():
        lee = create_staff(email=LEE, name="Lee Alder", password=PASSWORD, role=Role.STAFF)
    return _people(app, robin, lee) | _own(app, robin) | _reset(app) | _sign_in(app, lee)


def _people(app: Flask, robin: ShopClient, lee: Staff) -> dict[str, TestResponse]:
    invite = f"{PEOPLE}/invitations"
    wrong = robin.submit(PEOPLE, action=invite, email="kit@", role="designate", since="", until="")
    robin.submit(PEOPLE, action=invite, email=KIT, role="staff")
    token = "a link that is not guessed"  # noqa: S105
    newest = Invitation.select().order_by(Invitation.id.desc()).get()
    Invitation.update(token_hash=token_hash(token)).where(Invitation.id == newest.id).execute()
    guest = ShopClient(app, use_cookies=True)
    join = f"/admin/join?key={token}"
    owner = staff_with(ROBIN)
    assert owner is not None
    Staff.update(role=Role.STAFF).where(Staff.id != owner.id).execute()
    last = f"{PEOPLE}/{owner.id}"
    return {
        "admin-people": robin.get(PEOPLE),
        "admin-people-wrong": wrong,
        "admin-person": robin.get(f"{PEOPLE}/{lee.id}"),
        "admin-person-last-owner": robin.submit(last, action=f"{last}/role", role="staff"),
        "admin-join": guest.get(join),
        "admin-join-wrong": guest.submit(join, action="/admin/join", name="", password="kale"),
        "admin-join-gone": guest.get("/admin/join?key=x"),
        "admin-trail": robin.get(TRAIL),
        "admin-trail-checked": robin.submit(TRAIL, action=f"{TRAIL}/check"),
        "admin-trail-nothing": robin.get(f"{TRAIL}?about=order+999999"),
    }


def _reset(app: Flask) -> dict[str, TestResponse]:
    guest, forgotten = ShopClient(app, use_cookies=True), "/admin/password/forgotten"
    owner = staff_with(ROBIN)
    assert owner is not None
    link = f"/admin/password/new?key={token_of(owner)}"
    return {
        "admin-forgotten": guest.get(forgotten),
        "admin-forgotten-wrong": guest.submit(forgotten, action=forgotten, email="robin@"),
        "admin-reset-sent": guest.get("/admin/password/sent"),
        "admin-new-password": guest.get(link),
        "admin-new-password-wrong": guest.submit(link, action="/admin/password/new", password="kale"),
        "admin-reset-gone": guest.get("/admin/password/new?key=1.2.3"),
    }


def _own(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    found = {"admin-me": robin.get("/admin/me"), "admin-second-factor": robin.get(MINE)}
    found["admin-me-wrong"] = robin.submit("/admin/me", action="/admin/me/password", current="x", password="kale")
    found["admin-second-factor-wrong"] = robin.submit(MINE, action=MINE, password="x", code="")
    return found


def _sign_in(app: Flask, lee: Staff) -> dict[str, TestResponse]:
    """Lee's: first without a second factor, then with the demo's."""
    client, code = ShopClient(app, use_cookies=True), "/admin/sign-in/code"
    client.submit("/admin/sign-in", action="/admin/sign-in", email=LEE, password=PASSWORD)
    found = {"admin-second-factor-none": client.get(MINE)}
    begin_app(staff=lee)
    found["admin-app"] = client.get(f"{MINE}/app")
    give_demo_app(staff=lee)
    half = ShopClient(app, use_cookies=True)
    half.get("/admin/sign-in")
    with half.session_transaction() as session:
        session["desk-step"] = enter(staff=lee).token
    return found | {
        "admin-code": half.get(code),
        "admin-code-wrong": half.submit(code, action=code, code="000000"),
        "admin-code-recovery": half.get(f"{code}?with=recovery"),
    }
