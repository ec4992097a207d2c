"""The desk's list of pages: each role sees those it may open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app
from flask_login import current_user

from ..access_rules import rule_of
from .models import Role
from .queries import is_in_office


@dataclass(frozen=True)
class DeskPage:
    """`name` is what a page says of itself, as `desk_page`; `values` are those in its address."""

    name: str
    words: str
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeskPart:
    """One word of the desk's head; with several pages it has a second row."""

    words: str
    pages: Sequence[DeskPage]

    def holds(self, name: str) -> bool:
        return any(page.name == name for page in self.pages)


PARTS = (
    DeskPart("Today", (DeskPage("today", "Today", "admin.home"),)),
    DeskPart(
        "Orders",
        (
            DeskPage("orders", "Orders", "admin.orders"),
            DeskPage("new-order", "Take an order", "admin.new_order"),
            DeskPage("printing", "Print", "admin.printing"),
            DeskPage("hand-over", "Hand over", "admin.hand_over_orders"),
        ),
    ),
    DeskPart(
        "Products",
        (
            DeskPage("products", "Products", "admin.products"),
            DeskPage("stock", "Stock", "admin.stock"),
            DeskPage("shelves", "Sections and collections", "admin.shelves"),
            DeskPage("import", "Import", "admin.imports"),
            DeskPage("export", "Export", "admin.export_products"),
        ),
    ),
    DeskPart("Customers", (DeskPage("customers", "Customers", "admin.customers"),)),
    DeskPart(
        "Reports",
        (
            DeskPage("reports", "Sales", "admin.reports"),
            DeskPage("report-goods", "Best sellers", "admin.report_goods"),
            DeskPage("report-tax", "Tax", "admin.report_tax"),
            DeskPage("report-discounts", "Discounts", "admin.report_discounts"),
            DeskPage("report-refunds", "Given back", "admin.report_refunds"),
            DeskPage("report-delivery", "Delivery", "admin.report_delivery"),
            DeskPage("report-carts", "Carts", "admin.report_carts"),
            DeskPage("report-stock", "Stock", "admin.report_stock"),
            DeskPage("report-agreement", "Agreement", "admin.report_agreement"),
        ),
    ),
    DeskPart(
        "Privacy",
        (
            DeskPage("cases", "Cases", "admin.cases"),
            DeskPage("privacy", "Requests", "admin.requests"),
            DeskPage("policy", "Policy", "admin.policy"),
            DeskPage("retention", "Retention", "admin.retention"),
            DeskPage("habits", "Habits", "admin.habits"),
            DeskPage("recipients", "Recipients", "admin.recipients_page"),
            DeskPage("paper", "Paper", "admin.papers"),
        ),
    ),
    DeskPart(
        "People",
        (DeskPage("people", "People", "admin.people_list"), DeskPage("trail", "Audit trail", "admin.trail")),
    ),
    DeskPart(
        "Settings",
        (
            DeskPage("settings-shop", "Shop", "admin.settings_sheet", {"sheet": "shop"}),
            DeskPage("settings-place", "Place and money", "admin.settings_sheet", {"sheet": "place"}),
            DeskPage("settings-delivery", "Delivery", "admin.delivery_methods"),
            DeskPage("settings-tax", "Tax", "admin.tax_zones"),
            DeskPage("settings-discounts", "Discount codes", "admin.discounts"),
            DeskPage("settings-mails", "Mails", "admin.mail_words"),
            DeskPage("settings-privacy", "Privacy administrator", "admin.settings_sheet", {"sheet": "privacy"}),
            DeskPage("settings-keeping", "How long", "admin.settings_sheet", {"sheet": "keeping"}),
            DeskPage("settings-paper", "Paper", "admin.settings_sheet", {"sheet": "paper"}),
        ),
    ),
)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["desk_parts"] = desk_parts


def desk_parts() -> Iterator[DeskPart]:
    """The parts of the desk with the pages that whoever is signed in may open."""
    for part in PARTS:
        pages = [page for page in part.pages if _may_open(page)]
        if pages:
            yield DeskPart(part.words, pages)


def _may_open(page: DeskPage) -> bool:
    rule = rule_of(current_app._get_current_object(), page.endpoint)  # type: ignore[attr-defined]
    if rule is None:
        return False
    person = current_user.person
    may = not rule.roles or (person.role in rule.roles and is_in_office(person))
    return may and not (rule.shows_customers and person.role == Role.AUDITOR)
