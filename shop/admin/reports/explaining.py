"""How each figure comes about, in the words that stand under it."""

from __future__ import annotations

SOLD = (
    "The totals of all orders placed in these days, with delivery and tax and less discounts, whatever became of them "
    "later. A day is the shop's own day, in its time zone.",
)
BACK = (
    "Refunds count on the day the bank was told to pay them; a payment that was let go before it was taken counts on "
    "the day it was let go.",
    "Of a cancelled order, what needs no refund because nothing was taken counts on the day it was cancelled.",
    "What is only promised, or has failed, does not count yet.",
)
NET = ("Sold, less given back in the same days: an order of last month that is refunded today lowers today.",)
ORDERS = ("How many orders were placed in these days, those that were cancelled later included.",)
AVERAGE = ("Sold, divided by the number of orders.",)
TAX = (
    "The tax of the orders placed in these days, less the tax in what went back in these days.",
    "The tax in a refund is its share of its order's tax. All refunds of an order together hold its whole tax once all "
    "of its money is back.",
)
GOODS = (
    "Pieces of the orders placed in these days, less those that went back in these days: with a refund that names "
    "them, on the day the bank was told, and with a cancelled order, on the day it was cancelled.",
    "For is what they were sold for: their price less their part of discounts, without what is added for delivery and "
    "tax. A refund that names no pieces takes nothing off here.",
)
BY_TAX = (
    "Each order's tax by rate, as on its invoice, and where the goods went. Base is what the tax is on, without it.",
    *TAX[1:],
    "What no tax is on stands in a row of its own, so that the rows sum to everything that was sold.",
)
DISCOUNTS = ("What codes took off goods, and off delivery, in the orders placed in these days.",)
DELIVERY = ("What was paid for delivery in the orders placed in these days, by the way the customer chose.",)
REFUNDS = BACK
CONVERSION = (
    "Carts begun and checkouts begun are counted as they happen: a time and nothing else, no visitor is followed and "
    "nothing is put into their browser for it. Programs that fill carts count too.",
    "Orders placed come from the books. An order may be placed on another day than its cart was begun.",
)
LEFT_BEHIND = (
    "Carts that nobody touched for a day, as they stand now, at the prices they were filled at. They are deleted "
    "{days} days after the last touch, so this is no history.",
)
STOCK = (
    "Pieces on the shelf, held ones included, times the price they sell for now, drafts included. The shop does not "
    "know what you paid for them.",
)
