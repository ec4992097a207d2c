"""Making an account: by the link that is mailed to the address, and by nobody else."""

from __future__ import annotations

from shop.customers.models import Customer
from tests.support.client import ShopClient
from tests.support.customers import PASSWORD
from tests.support.mailbox import link_to

SIGN_UP, CHOOSE = "/sign-up", "/sign-up/password"
ADA = "ada@visitors.example"


def ask(client: ShopClient, email: str = ADA) -> str:
    """The link that was mailed."""
    client.submit(SIGN_UP, action=SIGN_UP, email=email)
    return link_to(email)


def test_the_link_in_the_mail_leads_to_an_account(client: ShopClient) -> None:
    link = ask(client)
    answer = client.submit(link, action=CHOOSE, name="Ada Lark", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert ADA in client.get("/account").text
    made = Customer.get()
    assert (made.email, made.name) == (ADA, "Ada Lark")
    assert made.password_hash.startswith("$argon2id$")
