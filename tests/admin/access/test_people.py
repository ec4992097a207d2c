"""The owner's people: invited, given a role, let go; and always somebody who owns the shop."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from shop import clock
from shop.admin.access import people
from shop.admin.access.people import LastOwner
from shop.admin.models import Invitation, Role, Staff, StaffAuthenticator, StaffSession
from shop.audit.models import AuditEvent
from shop.db import close_connection, open_connection
from shop.outbox.models import Mail
from shop.vault import preload

from ...support.client import ShopClient
from ...support.desk import PASSWORD, ROBIN, SAM, sign_in

PEOPLE, NEW, BETTER = "/admin/people", "kit@fern.example", "herons stand on one leg"


def kinds() -> list[str]:
    return [event.kind for event in AuditEvent.select().order_by(AuditEvent.number)]


def invite(client: ShopClient, **typed: str) -> str:
    """Invite Kit; the path of the link that was mailed."""
    answer = client.submit(PEOPLE, action=f"{PEOPLE}/invitations", **{"email": NEW, "role": "staff", **typed})
    assert answer.status_code == 303, answer.text
    return newest_link()


def newest_link() -> str:
    mail = Mail.select().order_by(Mail.id.desc()).first()
    preload([mail.subject])
    assert mail.recipient == NEW
    found = re.search(r"/admin/join\?key=\S+", str(mail.text))
    assert found is not None
    return found[0]


def join(app: Flask, link: str, **typed: str) -> tuple[int, str]:
    client = ShopClient(app, use_cookies=True)
    page = client.get(link)
    if page.status_code != 200:
        return page.status_code, page.text
    answer = client.submit(page, action="/admin/join", **{"name": "Kit Ash", "password": BETTER, **typed})
    return answer.status_code, answer.text if answer.status_code != 303 else str(answer.location)


def person(staff: Staff) -> str:
    return f"{PEOPLE}/{staff.id}"


def test_the_list_says_who_is_there(robin: ShopClient, staff: dict[str, Staff]) -> None:
    page = robin.get(PEOPLE).text
    for shown in ("Robin Fern", ROBIN, "Owner", "Sam Oak", SAM, "Staff", "Not yet", "never"):
        assert shown in page
    assert 'href="/admin/people" aria-current="page"' in robin.get(PEOPLE).text


@pytest.mark.promise("P46")
def test_somebody_invited_joins_once_and_sees_no_customer_before_a_second_factor(app: Flask, robin: ShopClient) -> None:
    link = invite(robin)
    assert link.partition("key=")[2].encode() not in bytes(Invitation.get().token_hash)
    assert join(app, link) == (303, "/admin/me/second-factor")
    kit = Staff.get(Staff.role == Role.STAFF, Staff.id > 2)
    preload([kit.subject])
    assert (kit.name, kit.email) == ("Kit Ash", NEW)
    assert StaffSession.get(StaffSession.staff == kit.id).proven_at is None
    assert join(app, link)[0] == 410
    assert NEW not in robin.get(f"{PEOPLE}/{kit.id}").text.partition("Invited")[2]
    assert "staff-invited" in kinds()


def test_looking_at_the_link_uses_nothing_up_and_a_wrong_choice_keeps_the_name(app: Flask, robin: ShopClient) -> None:
    link = invite(robin)
    for _ in range(2):
        assert join(app, link, name="")[0] == 422
    status, page = join(app, link, name="Kit <b>Ash</b>", password="kale")
    assert status == 422
    assert "Kit &lt;b&gt;Ash" in page and "at least 15 characters" in page
    assert join(app, link)[0] == 303


def test_a_link_ends_after_two_days_or_when_it_is_withdrawn_or_mailed_again(app: Flask, robin: ShopClient) -> None:
    first = invite(robin)
    second = invite(robin)
    assert join(app, first)[0] == 410
    number = Invitation.select().order_by(Invitation.id.desc()).get().id
    robin.submit(PEOPLE, action=f"{PEOPLE}/invitations/{number}/again")
    third = newest_link()
    assert join(app, second)[0] == 410
    assert robin.submit(PEOPLE, action=f"{PEOPLE}/invitations/{number}/withdrawal").status_code == 303
    assert join(app, third)[0] == 410
    fourth = invite(robin)
    clock.travel(timedelta(hours=49))
    assert join(app, fourth)[0] == 410
    assert {"staff-invitation-mailed-again", "staff-invitation-withdrawn"} <= set(kinds())
    assert join(app, "/admin/join?key=nonsense")[0] == join(app, "/admin/join")[0] == 410


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "kit@"}, "e-mail"),
        ({"email": ROBIN}, "Somebody signs in with this e-mail already."),
        ({"role": "emperor"}, "Not a valid choice"),
        ({"role": "designate"}, "A designate has a first day."),
        ({"role": "designate", "since": "2030-05-02", "until": "2030-05-01"}, "The last day is before the first."),
        ({"role": "designate", "since": "2001-05-02", "until": "2001-05-03"}, "This day is over."),
    ],
)
def test_a_wrong_invitation_says_what_is_wrong(robin: ShopClient, typed: dict[str, str], said: str) -> None:
    answer = robin.submit(PEOPLE, action=f"{PEOPLE}/invitations", **{"email": NEW, "role": "staff", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert Mail.select().count() == 0


def test_a_new_role_holds_at_once_and_ends_their_sign_ins(
    robin: ShopClient, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    page = person(staff[SAM])
    answer = robin.submit(page, action=f"{page}/role", role="auditor")
    assert answer.location == page
    assert sam.get("/admin/orders").location.startswith("/admin/sign-in")
    refused = sign_in(sam, SAM).get("/admin/orders")
    assert (refused.status_code, "Your role at the desk" in refused.text) == (403, True)
    changed = AuditEvent.get(AuditEvent.kind == "staff-role-changed")
    assert (changed.actor, changed.about_id) == (f"staff:{staff[ROBIN].id}", staff[SAM].id)
    assert changed.details == '{"after":"auditor","before":"staff"}'
    robin.submit(page, action=f"{page}/role", role="auditor")
    assert kinds().count("staff-role-changed") == 1


def test_the_last_day_of_a_designate_is_the_one_that_was_typed(robin: ShopClient, staff: dict[str, Staff]) -> None:
    page = person(staff[SAM])
    robin.submit(page, action=f"{page}/role", role="designate", since="2030-05-01", until="2030-05-02")
    assert "May 1, 2030 to May 2, 2030" in robin.get(PEOPLE).text
    assert 'value="2030-05-02"' in robin.get(page).text


@pytest.mark.promise("P46")
def test_a_designate_has_a_time_and_is_out_before_and_after_it(
    robin: ShopClient, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    page, today = person(staff[SAM]), clock.now().date()
    days = {"since": str(today + timedelta(days=2)), "until": str(today + timedelta(days=4))}
    robin.submit(page, action=f"{page}/role", role="designate", **days)
    seen = []
    for day in (0, 3, 7):
        clock.travel(timedelta(days=day))
        seen.append(sign_in(sam, SAM).get("/admin/cases").status_code)
        assert sam.get("/admin/me").status_code == 200
    assert seen == [403, 200, 403]


def test_a_designation_ends_when_the_owner_says_so(robin: ShopClient, sam: ShopClient, staff: dict[str, Staff]) -> None:
    page, today = person(staff[SAM]), clock.now().date()
    days = {"since": str(today - timedelta(days=2)), "until": str(today + timedelta(days=4))}
    robin.submit(page, action=f"{page}/role", role="designate", **days)
    assert sign_in(sam, SAM).get("/admin/cases").status_code == 200
    robin.submit(page, action=f"{page}/designation/end")
    assert sign_in(sam, SAM).get("/admin/cases").status_code == 403
    assert "staff-designation-ended" in kinds()


@pytest.mark.promise("P46")
def test_somebody_let_go_is_out_at_once_and_may_come_back(
    robin: ShopClient, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    page = person(staff[SAM])
    assert robin.submit(page, action=f"{page}/deactivation").location == page
    assert sam.get("/admin/").status_code == 303
    answer = sam.submit("/admin/sign-in", action="/admin/sign-in", email=SAM, password=PASSWORD)
    assert answer.status_code == 422
    assert robin.submit(page, action=f"{page}/reactivation").location == page
    answer = sam.submit("/admin/sign-in", action="/admin/sign-in", email=SAM, password=PASSWORD)
    assert answer.location == "/admin/sign-in/code"
    assert {"staff-deactivated", "staff-reactivated", "staff-sessions-ended"} <= set(kinds())


def test_the_owner_lets_somebody_without_a_phone_set_up_another(
    robin: ShopClient, sam: ShopClient, staff: dict[str, Staff]
) -> None:
    page = person(staff[SAM])
    robin.submit(page, action=f"{page}/second-factor/removal")
    assert StaffAuthenticator.select().where(StaffAuthenticator.staff == staff[SAM].id).count() == 0
    assert sam.get("/admin/").status_code == 303


def test_the_last_owner_stays_one(robin: ShopClient, staff: dict[str, Staff]) -> None:
    page = person(staff[ROBIN])
    for answer in (
        robin.submit(page, action=f"{page}/role", role="staff"),
        robin.submit(page, action=f"{page}/deactivation"),
    ):
        assert answer.status_code == 422
        assert "This is the only owner." in answer.text
    assert Staff.get_by_id(staff[ROBIN].id).role == Role.OWNER


def test_two_owners_who_let_each_other_go_at_once_leave_one(app: Flask, staff: dict[str, Staff]) -> None:
    Staff.update(role=Role.OWNER).execute()
    ids = [each.id for each in staff.values()]

    def let_go(place: int) -> object:
        open_connection()
        try:
            if place % 2:
                return people.deactivate(staff_id=ids[1], by_staff_id=ids[0])
            return people.change_role(staff_id=ids[0], role=Role.STAFF, since=None, until=None, by_staff_id=ids[1])
        except LastOwner as refused:
            return refused
        finally:
            close_connection()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(let_go, range(8)))
    assert Staff.select().where(Staff.is_active, Staff.role == Role.OWNER).count() == 1


def test_only_the_owner_sees_people(sam: ShopClient, client: ShopClient, staff: dict[str, Staff]) -> None:
    for page in (PEOPLE, person(staff[ROBIN])):
        assert sam.get(page).status_code == 403
        assert client.get(page).status_code == 303


def test_ones_own_password_changes_with_the_present_one_and_ends_other_sign_ins(
    app: Flask, robin: ShopClient, staff: dict[str, Staff]
) -> None:
    other = sign_in(ShopClient(app, use_cookies=True), ROBIN)
    change = {"action": "/admin/me/password", "current": PASSWORD, "password": BETTER}
    assert "not your present password" in robin.submit("/admin/me", **{**change, "current": "a guess"}).text
    assert "at least 8 characters" in robin.submit("/admin/me", **{**change, "password": "kale"}).text
    assert other.get("/admin/me").status_code == 200
    assert robin.submit("/admin/me", **change).location == "/admin/me"
    assert other.get("/admin/me").status_code == 303
    assert "staff-password-changed" in kinds()
    out = ShopClient(app, use_cookies=True)
    assert out.submit("/admin/sign-in", action="/admin/sign-in", email=ROBIN, password=PASSWORD).status_code == 422


def test_ones_own_sign_ins_are_listed_and_ended(app: Flask, robin: ShopClient, sam: ShopClient) -> None:
    other, third = (sign_in(ShopClient(app, use_cookies=True), ROBIN) for _ in range(2))
    page = robin.get("/admin/me")
    assert page.text.count("Another browser") == 2
    ends = re.findall(r'action="(/admin/me/sessions/\d+/end)"', page.text)
    assert len(ends) == 2
    robin.submit(page, action=ends[0])
    assert [client.get("/admin/me").status_code for client in (other, third)].count(303) == 1
    robin.submit("/admin/me", action="/admin/me/sessions/end-others")
    assert other.get("/admin/me").status_code == third.get("/admin/me").status_code == 303
    assert sam.get("/admin/me").status_code == 200
    sams = StaffSession.get(StaffSession.staff == Staff.get(Staff.role == Role.STAFF).id)
    token = re.search(r'name="csrf_token" value="([^"]+)"', robin.get("/admin/me").text)
    assert token is not None
    assert robin.post(f"/admin/me/sessions/{sams.id}/end", data={"csrf_token": token[1]}).status_code == 404
