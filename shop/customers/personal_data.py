"""What an account holds about its customer."""

from __future__ import annotations

from functools import partial

from ..vault import Editor, Personal, Purpose, Recipient

_profile = partial(Personal, retention="profile", editable_by=Editor.CUSTOMER)
_address = partial(
    _profile, why="So that you need not type it again when you order.", purposes=(Purpose.ACCOUNT, Purpose.DELIVERY)
)

NO_ADDRESS = "Without it the address is not complete, so we cannot keep it."
MAYBE_NO_ADDRESS = "Leave it out if your address has none."

EMAIL = _profile(
    label="E-mail",
    why="You sign in with it, and we write to you there about your account and your orders.",
    without="Without it there is no account; you can order as a guest.",
    required=True,
    purposes=(Purpose.ACCOUNT, Purpose.CORRESPONDENCE),
    autocomplete="email",
)
NAME = _profile(
    label="Name",
    why="So that we can address you, and fill in your orders.",
    without="You type it with each order.",
    required=False,
    purposes=(Purpose.ACCOUNT,),
    autocomplete="name",
)
PHONE = _profile(
    label="Phone",
    why="For the driver, if they cannot find your door.",
    without="Without it the driver cannot call you about a delivery.",
    required=False,
    purposes=(Purpose.ACCOUNT, Purpose.DELIVERY),
    recipients=(Recipient.CARRIER,),
    autocomplete="tel",
)
AUTHENTICATOR = Personal(
    label="Authenticator's secret",
    why="Your app and the shop work out the same codes from it.",
    without="You sign in with your password alone.",
    required=False,
    purposes=(Purpose.SECURITY,),
    retention="profile",
    editable_by=Editor.CUSTOMER,
)
STAFF_NOTE = Personal(
    label="Note by our staff",
    why="So that whoever speaks to you next knows what you asked for.",
    without="You tell it again.",
    required=False,
    purposes=(Purpose.CORRESPONDENCE,),
    retention="profile",
    editable_by=Editor.STAFF,
)
LINK_EMAIL = Personal(
    label="Address that a link was mailed to",
    why="The link proves that this mailbox is yours.",
    without="Without it we cannot tell that you are you.",
    required=True,
    purposes=(Purpose.ACCOUNT, Purpose.SECURITY),
    retention="link",
    autocomplete="email",
)
ADDRESS_NAME = _address(label="Full name", required=True, without=NO_ADDRESS, autocomplete="name")
ADDRESS_COMPANY = _address(label="Company", required=False, without=MAYBE_NO_ADDRESS, autocomplete="organization")
ADDRESS_STREET = _address(label="Street address", required=True, without=NO_ADDRESS, autocomplete="street-address")
ADDRESS_DISTRICT = _address(label="District", required=False, without=MAYBE_NO_ADDRESS, autocomplete="address-level3")
ADDRESS_CITY = _address(label="City", required=True, without=NO_ADDRESS, autocomplete="address-level2")
ADDRESS_REGION = _address(label="State or region", required=True, without=NO_ADDRESS, autocomplete="address-level1")
ADDRESS_POSTCODE = _address(label="Postcode", required=True, without=NO_ADDRESS, autocomplete="postal-code")
ADDRESS_COUNTRY = _address(label="Country", required=True, without=NO_ADDRESS, autocomplete="country")
