"""How long each kind of personal record lives. A key of that kind is destroyed when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import clock
from ..config import settings


@dataclass(frozen=True)
class Retention:
    """`setting` names the setting that holds the days; without one, records live until the person ends them."""

    name: str
    words: str
    setting: str | None = None

    @property
    def days(self) -> int | None:
        return None if self.setting is None else int(getattr(settings(), self.setting))

    def expiry(self) -> datetime | None:
        """When a record of this kind that is made now ends; None: by itself never."""
        return None if self.days is None else clock.now() + timedelta(days=self.days)


RETENTION = {
    kind.name: kind
    for kind in (
        Retention("profile", "until the account is closed or erased"),
        Retention("card", "until you remove the card, take back your consent to keep it, or close the account"),
        Retention("link", "until the link was used or has run out"),
        Retention("erasure", "until the receipt of the erasure was sent"),
        Retention("staff", "while the person works for the shop"),
        Retention("order", "as long as the books must be kept by law", "keep_order_days"),
        Retention("invoice", "locked, as long as the books must be kept by law", "keep_order_days"),
        Retention("cart", "until the cart is bought, forgotten or left alone", "keep_cart_days"),
        Retention("mail", "until the mail can no longer be asked about", "keep_mail_days"),
        Retention("survey", "until the survey has been counted", "keep_survey_days"),
        Retention("case", "until the time to complain again is over", "keep_case_days"),
    )
}
