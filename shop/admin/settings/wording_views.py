"""What the shop's mails say: the owner's own words in them, as they will read, and a test mail."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...meanwhile import ChangedMeanwhile
from ...orders.services.sample_mails import KINDS, sample_mail
from ...outbox.models import MailKind
from ...outbox.rendering import OwnWords
from ...outbox.services import queue_mail
from ...preferences.overlay import look, own_words_of
from ...preferences.services import choose_mail_words
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..roles import OWNING
from .forms import MailWordsForm
from .seen import begun_with, mark

HERE = "settings-mails"


@blueprint.get("/settings/mails")
@staff(*OWNING)
def mail_words() -> ResponseReturnValue:
    own = {kind: own_words_of(kind.value) for kind in KINDS}
    return page_or_fragment(
        "admin/settings/mails.html",
        "admin/settings/_mails.html",
        mails=[(kind, own[kind] != OwnWords(), sample_mail(kind, own[kind]).subject_line) for kind in KINDS],
        desk_page=HERE,
    )


@blueprint.get("/settings/mails/<kind>")
@staff(*OWNING)
def one_mail(kind: str) -> ResponseReturnValue:
    found = _kind_or_404(kind)
    own = own_words_of(found.value)
    form = MailWordsForm(data=begun_with(asdict(own)))
    return _page(found, form, own)


@blueprint.post("/settings/mails/<kind>")
@staff(*OWNING)
def try_mail(kind: str) -> ResponseReturnValue:
    """Save the words, or only show how they would read."""
    found, form = _kind_or_404(kind), MailWordsForm()
    if not form.validate():
        return _page(found, form, own_words_of(found.value), 422)
    own = OwnWords(form.subject_line.data, form.opening.data, form.closing.data)
    if form.wants_to("look"):
        return _page(found, form, own)
    if form.wants_to("test"):
        mail = sample_mail(found, own)
        staff_id, to = current_user.person.id, str(current_user.person.email)
        key = f"test:{staff_id}:{secrets.token_hex(8)}"
        queue_mail(key=key, kind=MailKind.CORRESPONDENCE, to=to, about=("staff", staff_id), **mail.parts)
        return _page(found, form, own, said=f"On its way to {to}. Nothing is saved yet.")
    try:
        is_new = choose_mail_words(
            template=found.value,
            words=own,
            staff_id=current_user.person.id,
            is_as_seen=lambda: form.is_of(_saved(found)),
        )
    except ChangedMeanwhile:
        return _page(found, form, own, 422, also=form.say_what_changed(_saved(found)))
    form.as_shown.data = mark(asdict(own))
    return _done(found, form, own, "Saved: mails say it from now on." if is_new else "Nothing was changed.")


def _saved(kind: MailKind) -> dict[str, str]:
    look(at_once=True)
    return asdict(own_words_of(kind.value))


def _kind_or_404(kind: str) -> MailKind:
    return next((each for each in KINDS if each.value == kind), None) or abort(404)


def _page(
    kind: MailKind,
    form: MailWordsForm,
    own: OwnWords,
    status: int = 200,
    said: str = "",
    also: Sequence[str] = (),
) -> Response:
    shown = {**_shown(kind, form, own), "said": said, "also": also}
    return page_or_fragment("admin/settings/mail.html", "admin/settings/_mail.html", status=status, **shown)


def _done(kind: MailKind, form: MailWordsForm, own: OwnWords, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    location = url_for("admin.one_mail", kind=kind.value)
    return changed("admin/settings/_mail_changed.html", location=location, **_shown(kind, form, own), said=said)


def _shown(kind: MailKind, form: MailWordsForm, own: OwnWords) -> dict[str, Any]:
    return {"kind": kind, "form": form, "mail": sample_mail(kind, own), "also": (), "desk_page": HERE}
