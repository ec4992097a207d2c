"""The desk's pages of how the shop is set up."""
