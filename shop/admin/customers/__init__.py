"""The desk's pages of customers, with an account or as guests: found by search alone, opened with a reason."""
