"""How a parcel leaves, and where the customer can follow it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from ..disclosures.queries import recipient_name, recipients_of
from ..vault import Recipient

TRACKING = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /.-]{3,39}")
PICK_UP, OWN_ROUND = "pick-up", "own-round"


@dataclass(frozen=True)
class Carrier:
    """`link` holds {} where the tracking number goes; without one the customer is given the number alone."""

    code: str
    name: str
    link: str = ""
    needs_tracking: bool = False


_ALL = (
    Carrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={}", needs_tracking=True),
    Carrier("ups", "UPS", "https://www.ups.com/track?tracknum={}", needs_tracking=True),
    Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={}", needs_tracking=True),
    Carrier("dhl", "DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}", needs_tracking=True),
    Carrier("royal-mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{}"),
    Carrier("deutsche-post", "Deutsche Post", "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode={}"),
    Carrier(OWN_ROUND, "Our own round"),
    Carrier("other", "Another carrier"),
    Carrier(PICK_UP, "Collected from the shop"),
)
CARRIERS = {carrier.code: carrier for carrier in _ALL}
# Who carries for somebody else; they stand in the register of recipients from a shop's first start.
KNOWN = tuple(carrier for carrier in _ALL if carrier.code not in (PICK_UP, OWN_ROUND))
# Whoever comes for their order chooses no carrier, and nobody chooses it for them.
SENDING = tuple(carrier for carrier in _ALL if carrier.code != PICK_UP)


def carrier_name(code: str) -> str:
    """The carrier's name, from the register of recipients for one that the owner entered there."""
    return CARRIERS[code].name if code in CARRIERS else recipient_name(code)


def carriers_in_use() -> list[Carrier]:
    """Those a parcel can be sent with now: who has agreed to use an address for nothing else, and our own round."""
    agreed = {row.code: row.name for row in recipients_of(Recipient.CARRIER)}
    ours = [carrier for carrier in SENDING if carrier.code in agreed or carrier.code == OWN_ROUND]
    return [*ours, *(Carrier(code, name) for code, name in agreed.items() if code not in CARRIERS)]


def tracking_link(code: str, tracking: str) -> str:
    """Where to follow the parcel; "" when the carrier has no such page or the parcel no number."""
    link = CARRIERS[code].link if code in CARRIERS else ""
    return link.format(quote(tracking.replace(" ", ""), safe="")) if link and tracking else ""
