"""How the SDK reaches Braintree, or the practice gateway in its place."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import urlsplit

import braintree
import requests
from braintree.exceptions.authentication_error import AuthenticationError
from braintree.exceptions.authorization_error import AuthorizationError
from braintree.exceptions.not_found_error import NotFoundError
from braintree.exceptions.too_many_requests_error import TooManyRequestsError
from braintree.exceptions.upgrade_required_error import UpgradeRequiredError
from braintree.util.http import Http

from .. import config

# It answered, and did nothing of what it was asked.
NOT_PROCESSED = (AuthenticationError, AuthorizationError, NotFoundError, UpgradeRequiredError, TooManyRequestsError)


@functools.lru_cache(maxsize=4)
def connect(current: config.Settings) -> braintree.BraintreeGateway:
    practice = current.braintree_environment == config.PRACTICE
    return braintree.BraintreeGateway(
        braintree.Configuration(
            environment=_practice(current.practice_gateway_url) if practice else current.braintree_environment,
            merchant_id=current.braintree_merchant_id,
            public_key=current.braintree_public_key,
            private_key=current.braintree_private_key,
            timeout=current.braintree_timeout,
            http_strategy=_Direct if practice else None,
        )
    )


def _practice(url: str) -> braintree.Environment:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", str(parts.port or (443 if parts.scheme == "https" else 80))
    host = f"[{host}]" if ":" in host else host
    return braintree.Environment("practice", host, port, url, port == "443", None, host, port)


class _Direct(Http):  # type: ignore[misc]
    """The SDK obeys HTTP_PROXY and not NO_PROXY; a proxy must never see practice traffic, nor be needed for it."""

    def _get_session(self) -> requests.Session:
        if not hasattr(self._thread_local, "session"):
            self._thread_local.session = _WithoutProxy()
        session: requests.Session = self._thread_local.session
        return session


class _WithoutProxy(requests.Session):
    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        return super().send(request, proxies={}, **kwargs)
