"""Pannier, a small shop that keeps what its privacy policy says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from .config import Settings


def create_app(**overrides: Any) -> Flask:
    """The shop as a WSGI application; `overrides` are settings by name, and win over the environment.

    Raises config.WrongSettings when it must not start.
    """
    from . import access_rules, cli, config, vault
    from .backups import running

    settings = config.load(**overrides)
    config.activate(settings)
    if cli.is_restoring():
        return _without_a_shop()
    running.hold(settings.shop_instance)
    app = Flask(__name__, template_folder=config.ROOT / "templates", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        # As long as the session itself; whether a form came from our own site, security has asked before.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
    )
    _lay_foundations(app, settings)
    _add_features(app)
    cli.init_app(app)
    access_rules.check(app)
    vault.check(settings)
    return app


def _without_a_shop() -> Flask:
    """For `flask shop restore`: it works where the shop must not start, and opens nothing that it is to replace."""
    from . import cli

    app = Flask(__name__, static_folder=None)
    cli.init_app(app)
    return app


def _lay_foundations(app: Flask, settings: Settings) -> None:
    """In the order in which they look at a request; what looks at the answer does so in the reverse order."""
    from . import (
        access_rules,
        card_guard,
        compression,
        db,
        errors,
        jobs,
        limits,
        logs,
        security,
        signing_in,
        static_files,
        templating,
        vault,
        web,
    )
    from .ops import replaying, worker
    from .preferences import overlay

    replaying.install()
    web.init_app(app)
    db.init_app(app, settings)
    overlay.init_app(app)
    vault.init_app(app, settings)
    logs.init_app(app)
    jobs.init_app(app, worker.jobs_for(settings))
    limits.init_app(app, settings)
    compression.init_app(app)
    security.init_app(app)
    access_rules.init_app(app)
    signing_in.init_app(app)
    card_guard.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    static_files.init_app(app)


def _add_features(app: Flask) -> None:
    from . import retrying, security
    from .account import views as account
    from .admin import views as admin
    from .cart import views as cart
    from .catalogue import views as catalogue
    from .checkout import views as checkout
    from .forms_sent import turns
    from .ops import views as ops
    from .orders import change_views as order_changes
    from .orders import views as orders
    from .orders import webhook_views as webhooks
    from .policies import views as policies
    from .privacy import views as privacy
    from .privacy.cases import views as cases
    from .privacy.erasing import views as erasing

    for feature in (
        catalogue,
        cart,
        checkout,
        orders,
        order_changes,
        policies,
        cases,
        erasing,
        account,
        admin,
        webhooks,
        ops,
    ):
        app.register_blueprint(feature.blueprint)
    for pages in (privacy.blueprint, privacy.asking):
        app.register_blueprint(pages)
    _tie_features(app)
    without_session = [privacy.asking, *(feature.blueprint for feature in (cases, catalogue, cart, checkout, webhooks))]
    without_session += account.WITHOUT_SESSION
    security.ask_forms_for_tokens(app, except_for=without_session)
    turns.init_app(app)
    retrying.init_app(app)


def _tie_features(app: Flask) -> None:
    """What features of different rungs have to do with each other."""
    from .admin import views as admin
    from .customers import signed_in as customers
    from .customers.consents import ConsentPurpose, on_withdrawal
    from .payments.services.cards import forget_cards

    customers.init_app(app)
    on_withdrawal(ConsentPurpose.SAVED_CARD, forget_cards)
    admin.init_app(app)
