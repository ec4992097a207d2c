"""Orders that staff take for somebody: by phone, by e-mail, by letter or in the shop."""
