"""Which test amounts and test cards come to which end, as in Braintree's sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from . import cards

TEXTS = {
    "1000": "Approved",
    "2000": "Do Not Honor",
    "2001": "Insufficient Funds",
    "2002": "Limit Exceeded",
    "2003": "Cardholder's Activity Limit Exceeded",
    "2004": "Expired Card",
    "2005": "Invalid Credit Card Number",
    "2006": "Invalid Expiration Date",
    "2010": "Card Issuer Declined CVV",
    "2012": "Processor Declined - Possible Lost Card",
    "2013": "Processor Declined - Possible Stolen Card",
    "2014": "Processor Declined - Fraud Suspected",
    "2015": "Transaction Not Allowed",
    "2024": "Card Type Not Enabled",
    "2038": "Processor Declined",
    "2044": "Declined - Call Issuer",
    "2046": "Declined",
    "2099": "Cardholder Authentication Required",
    "3000": "Processor Network Unavailable - Try Again",
    "4001": "Settlement Declined",
    "4002": "Settlement Pending",
}
HARD = {"2004", "2005", "2006", "2012", "2013", "2015", "2024"}


@dataclass(frozen=True)
class Verdict:
    """What becomes of a sale: its status, and the processor's code or the gateway's reason."""

    status: str
    code: str | None = None
    rejection: str | None = None

    @property
    def text(self) -> str | None:
        return TEXTS.get(self.code, "Processor Declined") if self.code else None

    @property
    def response_type(self) -> str | None:
        if self.code is None:
            return None
        return "approved" if self.code == "1000" else "hard_declined" if self.code in HARD else "soft_declined"


APPROVED = Verdict("authorized", "1000")
NETWORK_DOWN = Verdict("failed", "3000")


def verdict(amount: Decimal, fate: str) -> Verdict:
    """`amount` in whole units of the currency: 2000.00 to 2999.99 is declined with that very code, and so on."""
    match fate:
        case cards.FRAUD | cards.RISK:
            return Verdict("gateway_rejected", rejection=fate)
        case cards.DECLINE:
            return Verdict("processor_declined", "2000")
        case cards.FAIL:
            return NETWORK_DOWN
    if 2000 <= amount < 3000:
        return Verdict("processor_declined", str(int(amount)))
    if 3000 <= amount < 3001:
        return NETWORK_DOWN
    if amount == Decimal("5001.00"):
        return Verdict("gateway_rejected", rejection="application_incomplete")
    return APPROVED


def settled_status(amount: Decimal) -> tuple[str, str, str]:
    """Status, code and text once the bank has answered to the settlement."""
    if 4001 <= amount < 4002:
        return "settlement_declined", "4001", TEXTS["4001"]
    if 4002 <= amount < 4003:
        return "settlement_pending", "4002", TEXTS["4002"]
    return "settled", "4000", "Confirmed"
