"""The test cards and test nonces that Braintree publishes: the only ones this gateway takes."""

from __future__ import annotations

from dataclasses import dataclass

VISA, MASTERCARD, AMEX, DISCOVER = "Visa", "MasterCard", "American Express", "Discover"
JCB, DINERS, MAESTRO = "JCB", "Diners Club", "Maestro"
ELO, HIPER, HIPERCARD = "Elo", "Hiper", "Hipercard"

NUMBERS = {
    VISA: """4111111111111111 4005519200000004 4009348888881881 4012000033330026 4012000077777777 4012888888881881
        4217651111111119 4500600000000061 4000111111111115 4023898493988028 4000000000001000 4000000000001091
        4229989800000003 4111111111131010 4229989700000004 4229989100000000 4111161010101010 4117101010101010
        4111111510101010 4111111114101010 4111111111111210 4229989900000002 4229989500000006 4111111141010101
        4111111111121102 4111111111310101 4111111111112101""",
    MASTERCARD: "5555555555554444 2223000048400011 5105105105105100 5200000000001005 5200000000001096",
    AMEX: "378282246310005 371449635398431 378734493671000 371260714673002 378267515471109 371544868764018",
    DISCOVER: "6011111111111117 6011000991300009 6011000990139424",
    JCB: "3530111333300000 3566002020360505",
    DINERS: "36259600000004 38520000009814",
    MAESTRO: "6304000000000000",
    ELO: "5066991111111118",
    HIPER: "6370950000000005",
    HIPERCARD: "6062820524845321",
}
BRAND_OF = {number: brand for brand, numbers in NUMBERS.items() for number in numbers.split()}
# Published as failing verification; here they are declined when charged too, so that anyone can see a decline.
DECLINED = frozenset({"4000111111111115", "5105105105105100", "378734493671000", "6011000990139424"})
FAILING = frozenset({"3566002020360505"})

CODE_OF = {
    VISA: "VISA",
    MASTERCARD: "MASTERCARD",
    AMEX: "AMERICAN_EXPRESS",
    DISCOVER: "DISCOVER",
    JCB: "JCB",
    DINERS: "DINERS",
    MAESTRO: "INTERNATIONAL_MAESTRO",
    ELO: "ELO",
    HIPER: "HIPER",
    HIPERCARD: "HIPERCARD",
}
# What the practice account may charge. It is more than the shop takes, so that the shop's own check has work to do.
CHARGEABLE = frozenset({VISA, MASTERCARD, AMEX, DISCOVER, JCB, DINERS})

AUTHORISE, DECLINE, FAIL, FRAUD, RISK = "authorise", "decline", "fail", "fraud", "risk_threshold"


@dataclass(frozen=True)
class Card:
    """What is kept of a card: never its number. `token` tells one card from another."""

    brand: str
    bin: str
    last4: str
    month: str
    year: str
    token: str
    fate: str = AUTHORISE


_VALID = {
    VISA: (
        "4012888888881881",
        """fake-valid-nonce fake-valid-visa-nonce fake-abstract-transactable-nonce fake-valid-business-nonce
        fake-valid-commercial-nonce fake-valid-consumer-nonce fake-valid-corporate-nonce fake-valid-debit-nonce
        fake-valid-country-of-issuance-cad-nonce fake-valid-country-of-issuance-usa-nonce fake-valid-prepaid-nonce
        fake-valid-durbin-regulated-nonce fake-valid-healthcare-nonce fake-valid-issuing-bank-network-only-nonce
        fake-valid-no-indicators-nonce fake-valid-payroll-nonce fake-valid-prepaid-reloadable-nonce
        fake-valid-purchase-nonce fake-valid-unknown-indicators-nonce fake-pinless-debit-visa-nonce""",
    ),
    MASTERCARD: ("5555555555554444", "fake-valid-mastercard-nonce"),
    AMEX: ("378282246310005", "fake-valid-amex-nonce"),
    DISCOVER: ("6011111111111117", "fake-valid-discover-nonce"),
    JCB: ("3530111333300000", "fake-valid-jcb-nonce"),
    DINERS: ("36259600000004", "fake-valid-dinersclub-nonce"),
    MAESTRO: ("6304000000000000", "fake-valid-maestro-nonce"),
}
_OTHERS = {
    "fake-processor-declined-visa-nonce": ("4000111111111115", DECLINE),
    "fake-processor-declined-mastercard-nonce": ("5105105105105100", DECLINE),
    "fake-processor-declined-amex-nonce": ("378734493671000", DECLINE),
    "fake-processor-declined-discover-nonce": ("6011000990139424", DECLINE),
    "fake-processor-failure-jcb-nonce": ("3566002020360505", FAIL),
    "fake-gateway-rejected-fraud-nonce": ("4111111111111111", FRAUD),
    "fake-gateway-rejected-risk-thresholds-nonce": ("4111111111111111", RISK),
}
CONSUMED_NONCE, LUHN_INVALID_NONCE, BANK_NONCE = (
    "fake-consumed-nonce",
    "fake-luhn-invalid-nonce",
    "fake-us-bank-account-nonce",
)


def published_nonce(nonce: str) -> Card | None:
    """The card behind one of the published `fake-…` nonces, which can be used again and again."""
    return _PUBLISHED.get(nonce)


def card(number: str, month: str, year: str, token: str, fate: str | None = None) -> Card | None:
    """What is kept of a published test card; None when the number is not one."""
    brand = BRAND_OF.get(number)
    if brand is None:
        return None
    own_fate = DECLINE if number in DECLINED else FAIL if number in FAILING else AUTHORISE
    return Card(brand, number[:6], number[-4:], month, year, token, fate or own_fate)


def _published() -> dict[str, Card]:
    found: dict[str, Card | None] = {}
    for number, names in _VALID.values():
        found.update({name: card(number, "12", "2035", name) for name in names.split()})
    found.update({name: card(number, "12", "2035", name, fate) for name, (number, fate) in _OTHERS.items()})
    return {name: kept for name, kept in found.items() if kept is not None}


_PUBLISHED = _published()
