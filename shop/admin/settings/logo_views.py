"""The logo in the place of the shop's name."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...access_rules import staff
from ...catalogue.pictures import BYTES_AT_MOST, WrongPicture, render_logo
from ...preferences.services import choose_settings
from ...web import see_other, takes_up_to
from ..blueprint import blueprint
from ..roles import OWNING
from .shop_views import shop_sheet

# What a form has besides its file.
ROOM = 64 * 1024


def refuse_large_logo() -> ResponseReturnValue:
    return shop_sheet(logo_problem=f"The picture is larger than {BYTES_AT_MOST // 1024 // 1024} MB.")


@blueprint.post("/settings/logo")
@staff(*OWNING)
@takes_up_to(BYTES_AT_MOST + ROOM, instead=refuse_large_logo)
def choose_logo() -> ResponseReturnValue:
    try:
        value = "" if request.form.get("do") == "remove" else _stored()
    except WrongPicture as wrong:
        return shop_sheet(logo_problem=str(wrong))
    choose_settings(values={"shop_logo": value}, staff_id=current_user.person.id)
    flash("The logo stands in the name's place." if value else "The name stands there again.")
    return see_other(url_for("admin.settings_sheet", sheet="shop"))


def _stored() -> str:
    """What SHOP_LOGO says of the picture that was sent. Raises WrongPicture."""
    file = request.files.get("logo")
    if file is None or not file.filename:
        raise WrongPicture("Choose a picture first.")
    made = render_logo(file.read())
    return f"{made.file} {made.width} {made.height}"
