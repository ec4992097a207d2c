"""Things to price, and where they go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from shop.catalogue.queries import SaleVariant

# How fast a busy machine draws examples says nothing about the sums.
settings.register_profile("sums", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sums")

Make = Callable[..., SaleVariant]


@pytest.fixture
def thing() -> Make:
    """Makes a variant as the catalogue answers it: `thing(4800, grams=900)`."""

    def make(
        price_cents: int, *, grams: int = 500, tax_class: str = "standard", name: str = "Alder Tote"
    ) -> SaleVariant:
        return SaleVariant(
            id=1,
            product_id=1,
            product_slug="alder-tote",
            name=name,
            options="Moss",
            sku="TOTE-1",
            price_cents=price_cents,
            compare_at_cents=None,
            tax_class=tax_class,
            weight_grams=grams,
            available=100,
            picture=None,
            is_for_sale=True,
        )

    return make
