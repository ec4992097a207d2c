"""Prints the cookie of a session of the owner, signed in with both factors: for measuring what the desk shows."""

from __future__ import annotations

from flask.sessions import SecureCookieSessionInterface

from shop import create_app
from shop.admin.access.sessions import begin_session
from shop.admin.models import Staff
from shop.db import db


def main() -> None:
    app = create_app()
    with app.app_context(), db.connection_context():
        owner = Staff.select().order_by(Staff.id).first()
        token = begin_session(staff=owner, is_proven=True)
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise SystemExit("the shop has no key to sign sessions with")
    print(signer.dumps({"_user_id": f"staff:{token}", "_fresh": True}))


if __name__ == "__main__":
    main()
