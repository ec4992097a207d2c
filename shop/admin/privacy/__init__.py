"""The desk's pages of what customers are owed about their data."""
