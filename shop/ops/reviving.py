"""What older data must not bring back to life: it is taken out of them before they take their place."""

from __future__ import annotations

from peewee import Database

from .. import clock
from ..admin.models import Invitation, StaffSession, StaffStep
from ..catalogue.models import CatalogueVersion
from ..customers.models import CustomerSession, MailedLink
from ..outbox.models import Mail, MailState

# Browsers keep pages by the catalogue's number, and a number must never stand for two different states.
VERSIONS_AHEAD = 1_000_000
# Why a mail that waited in a backup did not leave; outbox/troubles.py has the words.
HELD_BACK = "Restored"


def let_nothing_revive(database: Database) -> None:
    """Sessions that may have ended since, links that may have been used, mails that may have left, and the catalogue's
    number."""
    models = [CustomerSession, StaffSession, StaffStep, MailedLink, Invitation, Mail, CatalogueVersion]
    is_new = database.connect(reuse_if_open=True)
    with database.bind_ctx(models), database.atomic():
        there = {model for model in models if database.table_exists(model._meta.table_name)}
        for sessions in there & {CustomerSession, StaffSession, StaffStep}:
            sessions.delete().execute()
        if MailedLink in there:
            MailedLink.update(used_at=clock.now()).where(MailedLink.used_at.is_null()).execute()
        if Invitation in there:
            Invitation.update(used_at=clock.now()).where(Invitation.used_at.is_null()).execute()
        if Mail in there:
            waits = Mail.state.in_([MailState.QUEUED, MailState.SENDING])
            Mail.update(state=MailState.FAILED, error=HELD_BACK).where(waits).execute()
        if CatalogueVersion in there:
            ahead = {CatalogueVersion.number: CatalogueVersion.number + VERSIONS_AHEAD}
            CatalogueVersion.insert(id=1, number=VERSIONS_AHEAD).on_conflict(
                conflict_target=[CatalogueVersion.id], update=ahead
            ).execute()
    if is_new:
        database.close()
