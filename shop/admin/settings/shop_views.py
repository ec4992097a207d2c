"""What the shop is called, where it is, and who looks after privacy: three forms of settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from flask import Response, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...config import Settings, settings, started_with
from ...meanwhile import ChangedMeanwhile
from ...preferences.services import WrongChoice, choose_settings, forget_choices, has_prices
from ...web import changed, is_htmx, page_or_fragment
from ..blueprint import blueprint
from ..roles import OWNING
from .forms import KeepingForm, PaperForm, PlaceForm, PrivacyForm, ShopForm
from .seen import SeenForm, begun_with


@dataclass(frozen=True)
class Sheet:
    """One form of settings."""

    title: str
    intro: str
    form: type[SeenForm]


SHEETS = {
    "shop": Sheet("The shop", "What customers read on every page, invoice and mail.", ShopForm),
    "place": Sheet("Place and money", "Where the shop is, what it is paid in, and how it writes both.", PlaceForm),
    "privacy": Sheet(
        "Privacy administrator",
        "Who answers for what the privacy policy promises. Stands in the policy, on My data and in letters.",
        PrivacyForm,
    ),
    "paper": Sheet("Paper", "What is proposed when something is printed that names somebody.", PaperForm),
    "keeping": Sheet(
        "How long things are kept",
        "Customers read these days in the privacy policy. You may keep a thing for a shorter time than the shop was "
        "started with, and never for longer: that would break what was promised for what is there already.",
        KeepingForm,
    ),
}


@blueprint.get("/settings/<sheet>")
@staff(*OWNING)
def settings_sheet(sheet: str) -> ResponseReturnValue:
    return _page(sheet, _form_or_404(sheet)(data=begun_with(_values(sheet))))


@blueprint.post("/settings/<sheet>")
@staff(*OWNING)
def save_sheet(sheet: str) -> ResponseReturnValue:
    form = _form_or_404(sheet)()
    if not form.validate():
        return _page(sheet, form, status=422)
    values = {name: str(form[name].data) for name in _names(sheet)}
    try:
        names = choose_settings(
            values=values, staff_id=current_user.person.id, is_as_seen=lambda: form.is_of(_values(sheet))
        )
    except ChangedMeanwhile:
        return _page(sheet, form, also=form.say_what_changed(_values(sheet)), status=422)
    except WrongChoice as wrong:
        return _page(sheet, form, also=_show(wrong, form), status=422)
    return _done(sheet, "Saved. The shop shows it from now on." if names else "Nothing was changed.")


@blueprint.post("/settings/<sheet>/back")
@staff(*OWNING)
def take_back_sheet(sheet: str) -> ResponseReturnValue:
    """Let what the shop was started with hold again."""
    form = _form_or_404(sheet)(data=begun_with(_values(sheet)), formdata=None)
    try:
        forget_choices(names=_names(sheet), staff_id=current_user.person.id)
    except WrongChoice as wrong:
        return _page(sheet, form, also=_show(wrong, form), status=422)
    return _done(sheet, "What the shop was started with holds again.")


def shop_sheet(*, logo_problem: str) -> Response:
    """The shop's sheet again, with what is wrong with a logo."""
    form = ShopForm(data=begun_with(_values("shop")), formdata=None)
    return _page("shop", form, also=[logo_problem], status=422, logo_problem=logo_problem)


def _form_or_404(sheet: str) -> type[SeenForm]:
    return SHEETS[sheet].form if sheet in SHEETS else abort(404)


def _names(sheet: str) -> list[str]:
    """Those settings that the form asks for."""
    known = {field.name for field in fields(Settings)}
    return [field.name for field in SHEETS[sheet].form(formdata=None) if field.name in known]


def _values(sheet: str) -> dict[str, object]:
    return {name: getattr(settings(), name) for name in _names(sheet)}


def _show(wrong: WrongChoice, form: SeenForm) -> list[str]:
    """Each problem at its field, in the field's own words; those that belong to none are given back."""
    for name, problem in wrong.problems.items():
        if name in form:
            form[name].errors = [problem.replace(name.upper(), form[name].label.text, 1)]
    return [problem for name, problem in wrong.problems.items() if name not in form]


def _page(
    sheet: str, form: SeenForm, *, also: Sequence[str] = (), status: int = 200, logo_problem: str = ""
) -> Response:
    return page_or_fragment(
        "admin/settings/sheet.html",
        "admin/settings/_sheet.html",
        status=status,
        **_shown(sheet, form),
        also=also,
        logo_problem=logo_problem,
    )


def _shown(sheet: str, form: SeenForm) -> dict[str, object]:
    names = _names(sheet)
    started = started_with()
    return {
        "sheet": sheet,
        "what": SHEETS[sheet],
        "form": form,
        "names": names,
        "currency_is_set": "currency" in names and has_prices(),
        "is_chosen": any(getattr(settings(), name) != getattr(started, name) for name in names),
        "desk_page": f"settings-{sheet}",
    }


def _done(sheet: str, said: str) -> ResponseReturnValue:
    if not is_htmx():
        flash(said)
    location = url_for("admin.settings_sheet", sheet=sheet)
    shown = _shown(sheet, SHEETS[sheet].form(data=begun_with(_values(sheet)), formdata=None))
    return changed("admin/settings/_sheet_changed.html", location=location, **shown, also=(), said=said)
