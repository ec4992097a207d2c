"""The desk's goods: products, their pictures and stock, and the shelves they stand on."""
