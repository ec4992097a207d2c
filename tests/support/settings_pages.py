"""The desk's settings, in each of their states."""

from __future__ import annotations

from werkzeug.test import TestResponse

from shop.pricing.models import DeliveryMethod, Discount, TaxZone

from .client import ShopClient

SETTINGS = "/admin/settings"


def settings_pages(owner: ShopClient) -> dict[str, TestResponse]:
    method, zone, discount = DeliveryMethod.select().get(), TaxZone.select().get(), Discount.select().get()
    new, shop = f"{SETTINGS}/delivery/new", f"{SETTINGS}/shop"
    pages = {
        "settings-shop": shop,
        "settings-place": f"{SETTINGS}/place",
        "settings-paper": f"{SETTINGS}/paper",
        "settings-keeping": f"{SETTINGS}/keeping",
        "settings-delivery": f"{SETTINGS}/delivery",
        "settings-method": f"{SETTINGS}/delivery/{method.id}",
        "settings-tax": f"{SETTINGS}/tax",
        "settings-zone": f"{SETTINGS}/tax/{zone.id}",
        "settings-discounts": f"{SETTINGS}/discounts",
        "settings-discount": f"{SETTINGS}/discounts/{discount.id}",
        "settings-mails": f"{SETTINGS}/mails",
        "settings-mail": f"{SETTINGS}/mails/order-shipped",
    }
    wrong = {
        "settings-shop-wrong": owner.submit(shop, action=shop, shop_name=""),
        "settings-method-wrong": owner.submit(new, action=new, name="", kind="by weight", price="a lot"),
    }
    return {**{name: owner.get(path) for name, path in pages.items()}, **wrong}
