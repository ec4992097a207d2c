"""How the desk speaks of what an import changes."""

from __future__ import annotations

# What a field is called to whoever reads of a change.
WORDS = {
    "name": "Name",
    "slug": "Address",
    "state": "State",
    "maker": "Maker",
    "summary": "Summary",
    "description": "Description",
    "care": "Care",
    "origin": "Origin",
    "tax_class": "Tax class",
    "measure": "Priced per",
    "featured": "Featured",
    "option1_name": "Option 1 name",
    "option2_name": "Option 2 name",
    "option3_name": "Option 3 name",
    "collections": "Collections",
    "sku": "SKU",
    "option1": "Option 1",
    "option2": "Option 2",
    "option3": "Option 3",
    "price_cents": "Price",
    "compare_at_cents": "Compare-at price",
    "on_hand": "Stock",
    "weight_grams": "Weight",
    "measure_amount": "Contents",
    "is_archived": "Archived",
    "variant": "New variant",
}

# What other shops sell that this one sells otherwise.
UNCOUNTED = "It is sold without being counted there. New products come in with none in stock."
BACKORDERS = "It is sold there when none is left. Here nothing is sold that is not in stock."
UNSHIPPED = "It needs no delivery there. Whatever this shop sells is delivered."
