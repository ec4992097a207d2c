"""The run book: of each job what goes wrong while it does not run, and what to do about it."""

from __future__ import annotations

WORKER_IS_DOWN = (
    "No job has run for a while, so the worker is not running. Start it: “flask --app wsgi shop worker”, or restart "
    "its service. Everything that is due is then caught up by itself, once."
)
JOB_IS_LATE = "Look whether the worker runs and what its log says about this job, then restart the worker."
JOB_FAILED = "It is tried again by itself. If it fails again, the worker's log says why, under the same name."

WITHOUT_IT = {
    "ask about payments": "Shoppers whose bank did not answer wait for their order, and its stock is held.",
    "settle payments": "Authorised money is not taken. An authorisation ends after some days.",
    "void payments": "Money stays blocked on cards of orders that were cancelled.",
    "send refunds": "Customers wait for money that was promised back.",
    "delete removed cards": "Cards that customers removed stay in the gateway's vault.",
    "cancel orders": "Orders cancelled in the list keep waiting, and so does the money for their customers.",
    "expire orders": "Stock stays held for orders that nobody paid.",
    "expire changes": "Stock stays held for changes that customers were asked about and did not answer.",
    "count orders": "The order list's tabs take longer and longer to count; they stay right.",
    "reconcile payments": "Nobody compares the books with the gateway's day.",
    "send mail": "Customers get no mail, not even confirmations.",
    "mark audit trail": "The end of the audit trail could be cut off unseen.",
    "purge mail": "Copies of mails stay longer than the policy says.",
    "remind": "Customers are not asked whether their data still holds.",
    "end links to pay": "Orders that staff took and nobody paid for are kept longer than their mail says.",
    "purge old carts": "Carts are kept longer than the policy says.",
    "note settings": "A change of settings is not in the audit trail.",
    "close my data": "Links to My data stay open longer than they say.",
    "clear ended sign-ins": "Ended sign-ins are kept without need.",
    "empty logs": "What was erased may stay in the database's log.",
    "keep erasure ledger": "An erasure could be lost by a restore.",
    "back up": "There is no fresh copy of the shop.",
    "forget expired": "Data outlives the date on which the policy ends it.",
    "erase": "People who asked to be forgotten are not.",
    "look after dormant accounts": "Accounts nobody uses are neither warned nor forgotten.",
    "rehearse restore": "Nobody knows whether the backups can be put back.",
    "look at everything": "What stands below about mail, clock and gateway is old.",
    "make pictures": "Pictures that were sent are not shown yet.",
    "sweep pictures": "Files of pictures that nobody needs any more fill the disk.",
    "index products": "Products whose section or collection was renamed are found by its old name.",
    "import products": "Product files that were sent wait and change nothing.",
    "forget old imports": "Product files that were sent are kept without need.",
    "sum up days": "Reports get slower from day to day, and in time leave out what is new; they say so.",
    "place demo orders": "The demo has no past orders.",
}


def without(job: str) -> str:
    """What goes wrong while this job does not run."""
    return WITHOUT_IT.get(job, "")
