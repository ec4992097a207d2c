"""The owner's desk: its pages, gathered."""

from __future__ import annotations

from flask import Flask

from ..privacy import looks
from . import navigation, sign_in_views, signed_in
from .access import (
    join_views,
    me_views,
    people_views,
    reason_views,
    reset_views,
    second_factor_views,
    trail_views,
)
from .blueprint import blueprint
from .customers import address_views, change_views, customer_views, erasure_views
from .customers import list_views as customer_list_views
from .exchange import export_views, import_views
from .orders import (
    bulk_views,
    edit_views,
    hand_over_views,
    kept_views,
    list_views,
    mail_views,
    note_views,
    order_views,
    parcel_views,
    print_views,
    readdress_views,
    refund_views,
    unlock_views,
)
from .phone_orders import goods_views, new_views, paying_views, who_views
from .privacy import (
    case_views,
    habit_views,
    paper_views,
    policy_views,
    recipient_views,
    request_views,
    retention_views,
)
from .products import pages as product_pages
from .queries import roles_of
from .reports import behind_views, report_views
from .settings import delivery_views, discount_views, logo_views, shop_views, tax_views, wording_views
from .today import today_views

__all__ = [
    "address_views",
    "behind_views",
    "blueprint",
    "bulk_views",
    "case_views",
    "change_views",
    "customer_list_views",
    "customer_views",
    "delivery_views",
    "edit_views",
    "discount_views",
    "erasure_views",
    "export_views",
    "goods_views",
    "habit_views",
    "hand_over_views",
    "import_views",
    "init_app",
    "join_views",
    "kept_views",
    "list_views",
    "logo_views",
    "mail_views",
    "me_views",
    "new_views",
    "note_views",
    "order_views",
    "paper_views",
    "parcel_views",
    "paying_views",
    "people_views",
    "policy_views",
    "product_pages",
    "print_views",
    "readdress_views",
    "reason_views",
    "reset_views",
    "recipient_views",
    "refund_views",
    "report_views",
    "request_views",
    "retention_views",
    "second_factor_views",
    "shop_views",
    "sign_in_views",
    "tax_views",
    "today_views",
    "trail_views",
    "unlock_views",
    "who_views",
    "wording_views",
]


def init_app(app: Flask) -> None:
    signed_in.init_app(app)
    navigation.init_app(app)
    looks.set_roles(roles_of)
