"""What changes orders and their money; each module is one part of it."""
