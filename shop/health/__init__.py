"""What was found at the last look at everything around the shop."""
