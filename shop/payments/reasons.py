"""The gateway's codes in words that a shopper understands. They never name a code, and never say why a bank is wary."""

from __future__ import annotations

from .outcomes import OTHER_BRAND

BANK = "Your bank declined this card. Please use another card, or ask your bank."
AGAIN = "The card could not be checked just now, and you were not charged. Please try again in a few minutes."
RETYPE = "The card details were not taken. Please type them again."
CHECK_NUMBER = "The card number does not seem to be right. Please check it, or use another card."
CHECK_EXPIRY = "The expiry date is not right, or the card has expired. Please check it, or use another card."
CHECK_CVV = "The security code does not match the card. Please check it and try again."
CHECK_ADDRESS = "The billing address does not match the one your bank has for this card. Please check it and try again."
NO_FUNDS = "There is not enough money available on this card. Please use another card."
LIMIT = "This payment is over the limit of this card. Please use another card, or ask your bank."
NOT_FOR_THIS = "This card cannot be used for this kind of payment. Please use another card."
CONFIRM = "Your bank wants to confirm this payment with you first. Please use another card, or ask your bank."
TWICE = "The same payment was sent a moment ago, so this one was stopped. Please wait a minute before you try again."
OURS = "Something is wrong on our side. You were not charged, and your cart is kept. Please try again later."

OF_PROCESSOR = {
    "2001": NO_FUNDS,
    "2002": LIMIT,
    "2003": LIMIT,
    "2004": CHECK_EXPIRY,
    "2005": CHECK_NUMBER,
    "2006": CHECK_EXPIRY,
    "2007": CHECK_NUMBER,
    "2008": CHECK_NUMBER,
    "2009": CHECK_NUMBER,
    "2010": CHECK_CVV,
    "2015": NOT_FOR_THIS,
    "2016": TWICE,
    "2019": NOT_FOR_THIS,
    "2022": CHECK_EXPIRY,
    "2024": OTHER_BRAND,
    "2059": CHECK_ADDRESS,
    "2060": CHECK_ADDRESS,
    "2061": OURS,
    "2064": OURS,
    "2099": CONFIRM,
}
OF_REJECTION = {
    "avs": CHECK_ADDRESS,
    "avs_and_cvv": CHECK_ADDRESS,
    "cvv": CHECK_CVV,
    "excessive_retry": "This card was tried too often. Please use another card.",
    "fraud": "This card was not accepted. Please use another card.",
    "risk_threshold": "This card was not accepted. Please use another card.",
    "three_d_secure": CONFIRM,
    "token_issuance": RETYPE,
    "application_incomplete": OURS,
}
OF_VALIDATION = {
    "91518": "This saved card is no longer there. Please use another card.",
    "91565": RETYPE,
    "91566": RETYPE,
    "91567": OTHER_BRAND,
    "91569": RETYPE,
    "91577": OTHER_BRAND,
    "915101": OTHER_BRAND,
    "81703": OTHER_BRAND,
    "81714": CHECK_NUMBER,
    "81715": CHECK_NUMBER,
    "81716": CHECK_NUMBER,
    "81717": CHECK_NUMBER,
    "81706": CHECK_CVV,
    "81707": CHECK_CVV,
    "81709": CHECK_EXPIRY,
    "81710": CHECK_EXPIRY,
    "81711": CHECK_EXPIRY,
    "91501": OURS,
    "915231": OURS,
}


def of_processor(code: str) -> str:
    """2xxx is the bank's no, 3xxx a bank that could not be reached."""
    return OF_PROCESSOR.get(code, AGAIN if code.startswith("3") else BANK)


def of_rejection(reason: str) -> str:
    return OF_REJECTION.get(reason, BANK)


def of_validation(code: str) -> str:
    return OF_VALIDATION.get(code, OURS)
