"""What customers who agreed to it buy most, and together: counted, and nobody by name."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from ... import clock
from ...access_rules import staff
from ...customers.consents import ConsentPurpose
from ...customers.queries import customers_with_consent
from ...orders.habits import CUSTOMERS_AT_LEAST, bought_together, popular
from ..blueprint import blueprint
from ..roles import OWNING

DAYS = 90


@blueprint.get("/habits")
@staff(*OWNING, shows_customers=False)
def habits() -> ResponseReturnValue:
    since = clock.now() - timedelta(days=DAYS)
    return render_template(
        "admin/privacy/habits.html",
        days=DAYS,
        at_least=CUSTOMERS_AT_LEAST,
        agreed=customers_with_consent(ConsentPurpose.HABITS).count(),
        tables=[("Bought most", popular(since)), ("Bought together", bought_together(since))],
        desk_page="habits",
    )
