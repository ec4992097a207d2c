"""The pages of the desk's goods, gathered."""

from . import (
    collection_views,
    list_views,
    picture_views,
    product_views,
    shelf_views,
    state_views,
    stock_views,
)

__all__ = [
    "collection_views",
    "list_views",
    "picture_views",
    "product_views",
    "shelf_views",
    "state_views",
    "stock_views",
]
