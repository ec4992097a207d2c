"""What changes the cards that customers let us keep."""
