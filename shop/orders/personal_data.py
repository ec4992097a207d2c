"""What an order holds about a person: why it is asked, what happens without it, who receives it, how long it stays."""

from __future__ import annotations

from ..vault import Personal, Purpose, Recipient

RETENTION = "order"


def _delivery(label: str, *, required: bool = True, autocomplete: str, without: str) -> Personal:
    return Personal(
        label=label,
        why="So that the carrier finds you.",
        without=without,
        required=required,
        purposes=(Purpose.ORDER,),
        recipients=(Recipient.CARRIER, Recipient.MANUFACTURER, Recipient.PAPER),
        retention=RETENTION,
        autocomplete=f"shipping {autocomplete}",
    )


def _billing(label: str, *, required: bool = True, autocomplete: str) -> Personal:
    return Personal(
        label=label,
        why="It stands on your invoice.",
        without="Without it we cannot write you a valid invoice, and so cannot take the order.",
        required=required,
        purposes=(Purpose.ORDER, Purpose.BOOKS),
        recipients=(Recipient.PAPER,),
        retention=RETENTION,
        autocomplete=f"billing {autocomplete}",
    )


NO_PARCEL = "Without it your parcel cannot be delivered, so we cannot take the order."
MAYBE_NO_PARCEL = "Leave it out if your address has none."

EMAIL = Personal(
    label="E-mail",
    why="We send your confirmation and shipping details there, and nothing else.",
    without="Without it we cannot confirm your order, so we cannot take it.",
    required=True,
    purposes=(Purpose.ORDER,),
    recipients=(),
    retention=RETENTION,
    autocomplete="email",
)
PHONE = Personal(
    label="Phone",
    why="For the driver, if they cannot find your door.",
    without="Without it the driver cannot call you about the delivery.",
    required=False,
    purposes=(Purpose.ORDER,),
    recipients=(Recipient.CARRIER, Recipient.PAPER),
    retention=RETENTION,
    autocomplete="tel",
)
NOTE = Personal(
    label="Note for us",
    why="Anything we should know when we pack.",
    without="We pack as usual.",
    required=False,
    purposes=(Purpose.ORDER,),
    recipients=(Recipient.PAPER,),
    retention=RETENTION,
    autocomplete="off",
)
STAFF_NOTE = Personal(
    label="Note by our staff",
    why="So that whoever works on your order next knows what was agreed with you.",
    without="We would ask you the same things again.",
    required=False,
    purposes=(Purpose.ORDER,),
    recipients=(),
    retention=RETENTION,
)
INVOICED_TO = Personal(
    label="Name and address on the invoice",
    why="The law asks us to keep invoices, with the name and address on them.",
    without="An invoice without them is not valid.",
    required=True,
    purposes=(Purpose.BOOKS,),
    recipients=(),
    retention="invoice",
)
DELIVERY_NAME = _delivery("Full name", autocomplete="name", without=NO_PARCEL)
DELIVERY_COMPANY = _delivery("Company", required=False, autocomplete="organization", without=MAYBE_NO_PARCEL)
DELIVERY_STREET = _delivery("Street address", autocomplete="street-address", without=NO_PARCEL)
DELIVERY_DISTRICT = _delivery("District", required=False, autocomplete="address-level3", without=MAYBE_NO_PARCEL)
DELIVERY_CITY = _delivery("City", autocomplete="address-level2", without=NO_PARCEL)
DELIVERY_REGION = _delivery("State or region", autocomplete="address-level1", without=NO_PARCEL)
DELIVERY_POSTCODE = _delivery("Postcode", autocomplete="postal-code", without=NO_PARCEL)
DELIVERY_COUNTRY = _delivery("Country", autocomplete="country", without=NO_PARCEL)
BILLING_NAME = _billing("Full name", autocomplete="name")
BILLING_COMPANY = _billing("Company", required=False, autocomplete="organization")
BILLING_STREET = _billing("Street address", autocomplete="street-address")
BILLING_DISTRICT = _billing("District", required=False, autocomplete="address-level3")
BILLING_CITY = _billing("City", autocomplete="address-level2")
BILLING_REGION = _billing("State or region", autocomplete="address-level1")
BILLING_POSTCODE = _billing("Postcode", autocomplete="postal-code")
BILLING_COUNTRY = _billing("Country", autocomplete="country")
