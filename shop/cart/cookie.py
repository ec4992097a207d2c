"""The cart's cookie: a random token of 256 bits and nothing else. The shop keeps its hash alone."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from flask import Request, Response

from ..config import settings
from ..cookies import CART

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def lifetime() -> timedelta:
    """How long a cart that nobody touches is kept, and its cookie with it."""
    return timedelta(days=settings().keep_cart_days)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def token_in(request: Request) -> str | None:
    """The cookie's token; None without a cookie, or with one that the shop never made."""
    token = request.cookies.get(CART.full_name, "")
    return token if TOKEN.fullmatch(token) else None


def keep(response: Response, token: str) -> None:
    response.set_cookie(
        CART.full_name,
        token,
        max_age=lifetime(),
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
    )


def forget(response: Response) -> None:
    response.delete_cookie(CART.full_name, path="/", secure=settings().is_https, httponly=True, samesite="Lax")
