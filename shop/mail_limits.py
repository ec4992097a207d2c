"""How often links may be mailed: to one address, so that nobody's mailbox is filled, and for one asker."""

from __future__ import annotations

from .limits import is_everybody, limiter, seconds_to_wait, value_key
from .vault import blind

__all__ = ["LINKS_BY_ADDRESS", "is_everybody", "limiter", "may_mail"]

LINKS_BY_ADDRESS = "20 per hour"
# A link lasts this hour too: whoever is refused another has one in the mailbox that works.
LINKS_TO_ONE = "5 per hour"


def may_mail(email: str) -> bool:
    """Whether one more link may go to this address; what the asker sees is the same either way."""
    account = blind("email", email) or b""
    return not seconds_to_wait(LINKS_TO_ONE, value_key("mailed link", account.hex()))
