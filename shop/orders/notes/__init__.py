"""What staff write down about an order."""
