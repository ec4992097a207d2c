"""Orders that staff take: by phone, by e-mail, by letter or in the shop."""
