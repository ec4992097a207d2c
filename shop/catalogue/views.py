"""The catalogue's pages. They touch no session: but for the cart's badge, all visitors see the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from flask import stream_with_context as streamed

from ..access_rules import public
from ..config import settings
from ..db import while_connected
from ..markdown import to_html
from ..money import as_decimal
from ..templating import Link, navigation
from ..web import page_or_fragment
from . import browse, feeds, fresh, listing, products, search, slugs
from .filters import SORTS, address, chips_of, filters_in, sort_in
from .fresh import kept_by_version, kept_for_all
from .models import ProductState
from .structured import in_script, product_data, shop_data, way_data, whole_url

blueprint = Blueprint("catalogue", __name__)
blueprint.add_app_template_filter(to_html, "markdown")
blueprint.add_app_template_filter(in_script, "in_script")
blueprint.add_app_template_filter(as_decimal, "amount")

A_YEAR = 365 * 24 * 3600
NOT_FOR_ROBOTS = ("/cart", "/checkout", "/orders/", "/account", "/my-data", "/admin", "/search")


@blueprint.get("/")
@public
@kept_by_version
def home() -> str:
    return _page(
        "catalogue/home.html",
        canonical="/",
        structured=[shop_data()],
        sections=browse.sections_pictured(),
        stories=browse.stories(),
        foremost=browse.foremost(),
        newest=browse.newest(),
        best_selling=browse.best_selling(),
    )


@blueprint.get("/s/<section>/")
@public
@kept_by_version
def section(section: str) -> Response:
    shown = browse.section_by(section) if _is_slug(section) else None
    if shown is None:
        return _moved_or_404(slugs.new_section_path(section) if _is_slug(section) else None)
    path = f"/s/{shown.slug}/"
    return _list(
        listing.Scope(section_id=shown.id),
        path=path,
        crumbs=[("Shop", "/"), (shown.name, None)],
        title=shown.name,
        intro=shown.intro,
        collections=browse.collections_of(shown),
    )


@blueprint.get("/s/<section>/<collection>/")
@public
@kept_by_version
def collection(section: str, collection: str) -> Response:
    is_shaped = _is_slug(section) and _is_slug(collection)
    shown = browse.collection_by(section, collection) if is_shaped else None
    if shown is None:
        return _moved_or_404(slugs.new_collection_path(section, collection) if is_shaped else None)
    above = shown.section
    return _list(
        listing.Scope(collection_id=shown.id),
        path=f"/s/{above.slug}/{shown.slug}/",
        crumbs=[("Shop", "/"), (above.name, f"/s/{above.slug}/"), (shown.name, None)],
        title=shown.name,
        intro=shown.intro,
    )


@blueprint.get("/search", endpoint="search")
@public
@kept_by_version
def search_page() -> Response:
    typed = search.readable(request.args.get("q", ""))
    wanted = search.understand(typed)
    is_found = not wanted or listing.finds_any(wanted)
    instead = None if is_found else search.likely(wanted)
    scope = listing.Scope(wanted=instead or wanted) if wanted else listing.Scope()
    return _list(
        scope,
        path="/search",
        crumbs=[("Shop", "/"), ("Search", None)],
        title=f"Search: {typed}" if typed else "Everything in the shop",
        q=typed,
        instead=" ".join((*instead.phrases, *instead.words)) if instead else "",
        popular=[] if is_found or instead else browse.best_selling(),
    )


def _list(scope: listing.Scope, *, path: str, crumbs: Sequence[tuple[str, str | None]], **shown: Any) -> Response:
    """A list's page, or for htmx its results."""
    filters, sort, q = filters_in(request.args), sort_in(request.args), shown.get("q", "")
    found, counts = (
        listing.page(scope, filters, sort=sort, cursor=request.args.get("after")),
        listing.counts(scope, filters),
    )
    parameters = [("q", q), *filters.parameters(), ("sort", sort if sort != "featured" else "")]
    return page_or_fragment(
        "catalogue/list.html",
        "catalogue/_results.html",
        **_about(canonical=address(path, [("q", q)]), structured=[way_data(crumbs, path)]),
        **shown,
        path=path,
        crumbs=crumbs,
        filters=filters,
        sort=sort,
        sorts=_sorts(q),
        counts=counts,
        cards=found.rows,
        next_url=found.next and address(path, [*parameters, ("after", found.next)]),
        previous_url=found.previous and address(path, [*parameters, ("after", found.previous)]),
        chips=chips_of(filters, path=path, q=q, sort=sort, collections=counts.collections),
        all_url=address(path, [("q", q)]),
    )


def _moved_or_404(path: str | None) -> Response:
    """The way to the page that had this address once."""
    query = request.query_string.decode("ascii", "ignore")
    response = redirect(f"{path}?{query}" if query else path, 301) if path else abort(404)
    return make_response(response)


def _sorts(q: str) -> dict[str, str]:
    return {**SORTS, "featured": "Relevance"} if q else SORTS


@blueprint.get("/p/<product>")
@public
@kept_by_version
def product(product: str) -> Response | str:
    shown = products.product_by(product) if _is_slug(product) else None
    if shown is None:
        return _moved_or_404(slugs.new_product_path(product) if _is_slug(product) else None)
    if shown.state == ProductState.DRAFT:
        abort(404)
    beside = browse.beside(shown.id, shown.collection)
    if shown.state == ProductState.ARCHIVED:
        return make_response(_page("catalogue/gone.html", canonical=None, product=shown, cards=beside), 410)
    chosen = shown.chosen(request.args.get("v", type=int))
    crumbs = _way_to(shown)
    path = f"/p/{shown.slug}"
    return _page(
        "catalogue/product.html",
        canonical=path,
        structured=[product_data(shown), way_data(crumbs, path)],
        product=shown,
        chosen=chosen,
        pictures=shown.gallery(chosen),
        crumbs=crumbs,
        cards=beside,
    )


def _way_to(product: products.ProductShown) -> list[tuple[str, str | None]]:
    crumbs: list[tuple[str, str | None]] = [("Shop", "/")]
    if product.collection:
        above = product.collection.section
        crumbs.append((above.name, f"/s/{above.slug}/"))
        crumbs.append((product.collection.name, f"/s/{above.slug}/{product.collection.slug}/"))
    return [*crumbs, (product.name, None)]


@blueprint.get("/media/<file>")
@public
def media(file: str) -> Response:
    if not re.fullmatch(r"(logo-)?[0-9a-f]{24}-\d{1,4}\.webp", file):
        abort(404)
    response = send_from_directory(settings().media_root, file, mimetype="image/webp", max_age=A_YEAR)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


@blueprint.get("/sitemap.xml")
@public
@kept_for_all
def sitemap() -> Response:
    return Response(streamed(while_connected(feeds.sitemap())), mimetype="application/xml")


@blueprint.get("/feed.xml")
@public
@kept_for_all
def feed() -> Response:
    return Response(streamed(while_connected(feeds.product_feed())), mimetype="application/rss+xml")


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    closed = "".join(f"Disallow: {path}\n" for path in NOT_FOR_ROBOTS)
    response = Response(f"User-agent: *\n{closed}\nSitemap: {whole_url('/sitemap.xml')}\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@navigation
def _sections() -> list[Link]:
    """The head's links, read again only when the catalogue has changed."""
    kept: dict[int, list[tuple[str, str]]] = current_app.extensions.setdefault("catalogue_sections", {})
    version = fresh.current_version()
    if version not in kept:
        kept.clear()
        kept[version] = [(shown.name, f"/s/{shown.slug}/") for shown in browse.sections()]
    return [Link(name, url, request.path.startswith(url)) for name, url in kept[version]]


def _page(template: str, *, canonical: str | None, structured: Sequence[dict[str, Any]] = (), **shown: Any) -> str:
    return render_template(template, **_about(canonical=canonical, structured=structured), **shown)


def _about(*, canonical: str | None, structured: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What every page of the catalogue says of itself in its head."""
    return {
        "canonical": canonical and whole_url(canonical),
        "structured": structured,
        "whole_url": whole_url,
        "cart_count": fresh.items_in_cart(),
    }


def _is_slug(text: str) -> bool:
    return bool(re.fullmatch(r"[\w-]{1,120}", text))
