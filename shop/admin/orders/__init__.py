"""The desk's pages of orders."""
