"""Backups of the data and, apart from them, of the key store: encrypted files, registered until they are deleted."""
