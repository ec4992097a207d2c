"""One order at the desk in its states: sent in parts, given back in part, with notes, and each of its forms."""

from __future__ import annotations

from werkzeug.test import TestResponse

from shop.orders.models import Order

from .client import ShopClient

UPS = {"carrier": "ups", "tracking": "1Z999AA10123456784"}


def order_desk_pages(robin: ShopClient, order: Order) -> dict[str, TestResponse]:
    """`robin` is the owner's browser, `order` one that is placed."""
    page = f"/admin/orders/{order.number}"
    refund, message, address = f"{page}/refund", f"{page}/message", f"{page}/address"
    line = order.lines.get().id
    found = {"refund": robin.get(refund), "message": robin.get(message), "address": robin.get(address)}
    found["address-wrong"] = robin.submit(address, action=address, street="")
    found["refund-sum"] = robin.submit(refund, action=refund, reason="late", **{f"quantity_{line}": "1"})
    found["refund-wrong"] = robin.submit(refund, action=refund, amount="ten", reason="late")
    found["message-wrong"] = robin.submit(message, action=message)
    robin.submit(refund, action=refund, amount="5.00", reason="goodwill")
    robin.submit(page, action=f"{page}/notes", text="She called:\nring twice.")
    robin.submit(page, action=f"{page}/pack")
    found["ship-wrong"] = robin.submit(page, action=f"{page}/ship", **UPS, **{f"pieces_{line}": "99"})
    robin.submit(page, action=f"{page}/ship", **UPS, **{f"pieces_{line}": "1"})
    found["partly-sent"] = robin.get(page)
    parcel = f"{page}/parcels/{order.shipments.get().id}"
    found["parcel"] = robin.get(parcel)
    found["parcel-wrong"] = robin.submit(parcel, action=parcel, tracking="<b>")
    return {f"admin-order-{name}": answer for name, answer in found.items()}
