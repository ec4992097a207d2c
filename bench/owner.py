"""Prints, as JSON, the cookie of a session of the owner, signed in with both factors, and what can be looked for in the
shop: for measuring what the desk shows. Today's newest order counts as changed afterwards."""

from __future__ import annotations

import json

from flask.sessions import SecureCookieSessionInterface

from shop import create_app
from shop.admin.access.sessions import begin_session
from shop.admin.models import Staff
from shop.db import db
from shop.orders.models import Order, OrderContact, OrderLine


def main() -> None:
    app = create_app()
    with app.app_context(), db.connection_context():
        owner = Staff.select().order_by(Staff.id).first()
        token = begin_session(staff=owner, is_proven=True)
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        if signer is None:
            raise SystemExit("the shop has no key to sign sessions with")
        cookie = signer.dumps({"_user_id": f"staff:{token}", "_fresh": True})
        print(json.dumps({"cookie": cookie, **_known()}))


def _known() -> dict[str, str]:
    contact = OrderContact.select().order_by(OrderContact.order.desc()).first()
    order = contact.order
    Order.update(total_cents=Order.total_cents).where(Order.id == order.id).execute()
    return {
        "number": order.number,
        "email": contact.email,
        "phone": contact.phone,
        "name": contact.delivery_name,
        "way": order.delivery_code,
        "sku": OrderLine.get(OrderLine.order == order.id).sku,
    }


if __name__ == "__main__":
    main()
