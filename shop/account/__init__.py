"""The customer's own pages: signing up and in, profile, addresses, orders, cards."""
