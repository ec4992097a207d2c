"""Clearing away what has run out: links, half sign-ins and sessions that open nothing any more, and forms sent."""

from __future__ import annotations

from datetime import timedelta

from ... import clock
from ...db import db
from ...forms_sent.turns import forget_old
from ..models import CustomerSession, MailedLink, SignInStep
from ..queries import IDLE_FOR, IN_ALL

# So that a mail of yesterday can still be asked about.
LINKS_STAY = timedelta(days=1)


def clear_ended() -> int:
    """How many rows there were."""
    now = clock.now()
    has_ended = (CustomerSession.seen_at < now - IDLE_FOR) | (CustomerSession.created_at < now - IN_ALL)
    with db.atomic():
        return forget_old() + sum(
            int(model.delete().where(is_over).execute())
            for model, is_over in (
                (MailedLink, MailedLink.expires_at < now - LINKS_STAY),
                (SignInStep, SignInStep.expires_at < now),
                (CustomerSession, has_ended),
            )
        )
