"""Payments that a customer's bank looks into, as the gateway tells of them."""
