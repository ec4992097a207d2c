"""The audit trail: what happened, by whom and about what, in ids and codes; read by whoever looks after the books."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from ...access_rules import staff
from ...audit.events import ACTOR, EVENTS
from ...audit.models import AuditEvent
from ...audit.queries import Broken, events, last_event, verify
from ...health.models import HealthFinding
from ...limits import limiter
from ...orders.models import Order
from ...orders.numbers import as_number
from ...orders.queries import order_with
from ...paging import Key, page_of
from ...web import LARGEST_ID, page_or_fragment
from ..blueprint import blueprint
from ..forms import StepForm
from ..queries import everybody, staff_names
from ..roles import READING_BOOKS

PER_PAGE = 50
ABOUT = re.compile(r"([a-z_]{1,30})[: ]([1-9][0-9]{0,9})")
# It reads every row.
CHECKS = "10 per minute"


class Line(NamedTuple):
    """One event as it is read; `about_link` shows all that is about the same."""

    event: AuditEvent
    words: str
    who: str
    about: str
    about_link: str
    details: str


class Verified(NamedTuple):
    """What was found just now."""

    broken: Broken | None
    number: int


@blueprint.get("/trail")
@staff(*READING_BOOKS, shows_customers=False)
def trail() -> ResponseReturnValue:
    return _page()


@blueprint.post("/trail/check")
@staff(*READING_BOOKS, shows_customers=False)
@limiter.limit(CHECKS)
def check_trail() -> ResponseReturnValue:
    """Read all of it, digest by digest, and say whether it holds. It changes nothing, so its answer is the page."""
    last = last_event()
    return _page(Verified(verify(), last.number if last else 0))


def _page(verified: Verified | None = None) -> Response:
    kind, actor, about = _kind(), _actor(), request.args.get("about", "")[:40].strip()
    meant = _about(about)
    chosen = events(kind=kind, actor=actor, about=meant)
    if about and meant is None:
        chosen = chosen.where(AuditEvent.id < 0)
    shown = page_of(chosen, Key(AuditEvent.number), cursor=request.args.get("page"), size=PER_PAGE)
    return page_or_fragment(
        "admin/access/trail.html",
        "admin/access/_trail.html",
        lines=_lines(shown.rows),
        kinds=sorted(EVENTS),
        kind=kind,
        actor=actor,
        about=about,
        people=everybody(),
        newer=_link(page=shown.previous) if shown.previous else None,
        older=_link(page=shown.next) if shown.next else None,
        verified=verified,
        found=HealthFinding.get_or_none(HealthFinding.name == "trail"),
        form=StepForm(formdata=None),
        desk_page="trail",
    )


def _kind() -> str:
    asked = request.args.get("kind", "")
    return asked if asked in EVENTS else ""


def _actor() -> str:
    asked = request.args.get("actor", "")
    return asked if ACTOR.fullmatch(asked) else ""


def _about(typed: str) -> tuple[str, int] | None:
    """ "order 12" or "order:12" as the trail has it, or an order by its number."""
    if named := ABOUT.fullmatch(typed.lower()):
        return (named[1], int(named[2])) if int(named[2]) <= LARGEST_ID else None
    order = order_with(typed) if as_number(typed) else None
    return ("order", order.id) if order else None


def _lines(found: Sequence[AuditEvent]) -> list[Line]:
    ids = {int(event.actor.removeprefix("staff:")) for event in found if event.actor.startswith("staff:")}
    ids |= {event.about_id for event in found if event.about_kind == "staff"}
    names = {f"staff:{staff_id}": name for staff_id, name in staff_names(ids).items()}
    about = {event.about_id for event in found if event.about_kind == "order"}
    numbers = {order.id: order.number for order in Order.select(Order.id, Order.number).where(Order.id.in_(about))}
    return [_line(event, names, numbers) for event in found]


def _line(event: AuditEvent, names: dict[str, str], numbers: dict[int, str]) -> Line:
    about = f"{event.about_kind.replace('_', ' ')} {event.about_id}"
    if event.about_kind == "order":
        about = f"order {numbers.get(event.about_id, event.about_id)}"
    if event.about_kind == "staff":
        about = names.get(f"staff:{event.about_id}", about)
    told: dict[str, Any] = json.loads(event.details)
    return Line(
        event,
        event.kind.replace("-", " ").capitalize(),
        names.get(event.actor, event.actor.replace(":", " ").capitalize()),
        about,
        url_for("admin.trail", about=f"{event.about_kind}:{event.about_id}"),
        ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items() if value is not None),
    )


def _link(**changes: str | None) -> str:
    state = {name: request.args.get(name, "") for name in ("kind", "actor", "about")} | changes
    query = urlencode({name: value for name, value in state.items() if value})
    return url_for("admin.trail") + (f"?{query}" if query else "")
