"""Which roles do what at the desk; a view names one of these sets."""

from __future__ import annotations

from .models import Role

# Packing, sending, talking to customers: everyday work with orders, and counting what is on the shelf.
PACKING = (Role.OWNER, Role.STAFF)
# Whoever may open what is a customer's, with a reason.
OPENING = (Role.OWNER, Role.STAFF, Role.PRIVACY, Role.DESIGNATE)
# What moves money, or changes what the shop is: its products, their prices and pictures, the shelves.
OWNING = (Role.OWNER,)
# What customers are owed about their data; a designate stands in for the administrator.
PRIVACY = (Role.OWNER, Role.PRIVACY, Role.DESIGNATE)
# The books and the audit trail, without anybody's name in them.
READING_BOOKS = (Role.OWNER, Role.AUDITOR)
