"""What the desk's list of orders stands on: which orders, how many, and what is done to many of them at once."""
