"""The practice gateway: a small server that stands in for Braintree, so that the demo, the tests and production run the
same lines of shop code. Nothing outside this package imports it; the shop talks to it over HTTP.

Start it with `python -m shop.payments.practice`. It reads the shop's settings, listens on loopback alone, takes only
published test cards (4111 1111 1111 1111), keeps its books in `practice.db` in the shop's data folder, and never keeps
a card number. To see the shop cope with trouble, order a fault (here for a shop on port 8000):

    curl -d '{"call": "sale", "fault": "drop_after_commit"}' http://127.0.0.1:8801/practice/faults

`call` is sale, find, search, void, submit_for_settlement, refund, client_token, graphql, assets, … or *; `fault` is
delay, drip, drop_before, drop_after_commit, html, empty, bad_xml, or a status such as 500 or 429. "seconds" is for
delay and drip, "times" how many calls it strikes (1), "after_commit" whether the call is carried out first. DELETE on
the same address clears all. Also:

    curl http://127.0.0.1:8801/practice/ledger               what was charged, voided, refunded (?order_id=… for one)
    curl -X POST http://127.0.0.1:8801/practice/night        settle what was submitted, as a night does
    curl -X POST http://127.0.0.1:8801/practice/reset        forget everything
"""
