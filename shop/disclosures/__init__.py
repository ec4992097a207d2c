"""What left the shop about somebody: to whom, which fields, what for, when, and by whose hand."""
