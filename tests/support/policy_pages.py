"""The pages about privacy in their states: the policy's versions, what is written about data, consents."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from shop.policies.queries import current_policy
from shop.policies.services import post_policy
from shop.privacy.cases.models import Topic
from shop.privacy.cases.services import answer_case, close_case, open_case

from .client import ShopClient
from .customers import as_customer, make_customer

ANA = "ana@customers.example"
CONTACT, POLICY, CASES, CONSENTS = "/privacy/contact", "/admin/policy", "/admin/cases", "/account/consents"


def policy_pages(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    """`robin` is the owner's browser."""
    visitor = ShopClient(app, use_cookies=False)
    found = {"contact-wrong": visitor.post(CONTACT, data={"email": "ana@"})}
    found["contact-received"] = visitor.get(f"{CONTACT}/received/K7QM-3RTX")
    found |= {f"admin-policy-{name}": page for name, page in _posting(robin).items()}
    with app.app_context():
        post_policy(text=f"{current_policy().text}\n\n## More\n\nSomething *new*.", after=1, staff_id=1)
    found |= {name: visitor.get(path) for name, path in _versions().items()}
    found |= _cases(app, robin)
    found["admin-habits"] = robin.get("/admin/habits")
    return found | _consents(app)


def _posting(robin: ShopClient) -> dict[str, TestResponse]:
    text = f"Hello.\n\n{current_policy().text.replace('Your card', 'The card you pay with')}"
    return {
        "form": robin.get(POLICY),
        "preview": robin.submit(POLICY, action=f"{POLICY}/preview", text=text),
        "wrong": robin.submit(POLICY, action=f"{POLICY}/preview", text=""),
    }


def _versions() -> dict[str, str]:
    return {
        "privacy-old": "/privacy/1",
        "privacy-archive": "/privacy/archive",
        "privacy-changes": "/privacy/2/changes",
    }


def _cases(app: Flask, robin: ShopClient) -> dict[str, TestResponse]:
    found = {"admin-cases-none": robin.get(CASES)}
    with app.app_context():
        waiting = open_case(topic=Topic.REMOVE, email=ANA, text="Please remove my phone.\n\nIt is somebody else's now.")
        done = open_case(topic=Topic.SEE, email=ANA, text="What do you hold?")
        answer_case(case=done, text="Your name,\nand this mail.", staff_id=1)
        close_case(case=done, staff_id=1)
    page = f"{CASES}/{waiting.number}"
    found["admin-cases"], found["admin-case"] = robin.get(CASES), robin.get(page)
    found["admin-case-wrong"] = robin.submit(page, action=f"{page}/answers", text="")
    asked = f"/admin/reason/case/{done.id}"
    robin.submit(asked, action=asked, reason="complaint")
    return found | {"admin-case-closed": robin.get(f"{CASES}/{done.number}")}


def _consents(app: Flask) -> dict[str, TestResponse]:
    client = as_customer(ShopClient(app, use_cookies=True), make_customer(ANA, "Ana Weir"))
    found = {"consents": client.get(CONSENTS)}
    for purpose, answer in (("news", "yes"), ("habits", "no")):
        client.submit(CONSENTS, action=f"{CONSENTS}/{purpose}", button=f"answer={answer}")
    return found | {"consents-answered": client.get(CONSENTS)}
