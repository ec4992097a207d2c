"""The figures of the shop: what was sold, given back and left behind, by the day. No person is in any of them.

What counts when, the one rule (docs/decisions/0135-what-counts-when.md):

- An order counts on the day it was placed, with the figures it has, whatever becomes of it.
- A change of what was ordered counts on the day it was made, as the difference to what the order was before: the day it
  was placed keeps its figures. What goes back because of it is that difference, and no money given back.
- Money that goes back counts on the day it went: a refund when the bank was told, a payment when it was let go.
- What is left of an order that is cancelled, and needs no refund because nothing was taken, counts as given back on the
  day it was cancelled, and its pieces with it.
- The tax in what goes back is its share of the order's tax, worked out on all that went back so far, so that the whole
  order given back is its whole tax given back.
- A day is the shop's own, in its time zone.
"""
