"""What the rows of each table are called when they are about to go, and which of them come and go by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ...paper.models import PaperRecord

ONE_AND_MANY: Mapping[str, tuple[str, str]] = {
    "address": ("1 address", "{n} addresses"),
    "authenticator": ("Your authenticator app", "Your authenticator apps"),
    "case": ("1 question you asked us, with our answer", "{n} questions you asked us, with our answers"),
    "case_answer": ("1 answer from us", "{n} answers from us"),
    "checkout_draft": ("What you typed at the checkout", "What you typed at the checkout"),
    "consent": ("1 answer about a consent", "{n} answers about consents"),
    "customer_session": ("1 sign-in", "{n} sign-ins, in each browser"),
    "customer_note": ("1 note by our staff", "{n} notes by our staff"),
    "data_key": ("This page, open in your browser", "This page, open in your browsers"),
    "data_request": ("1 request to see what we hold", "{n} requests to see what we hold"),
    "mail": ("Our copy of 1 mail to you", "Our copies of {n} mails to you"),
    "mailed_link": ("1 link we mailed to you", "{n} links we mailed to you"),
    "passkey": ("1 passkey", "{n} passkeys"),
    "recovery_code": ("1 recovery code", "{n} recovery codes"),
    "reminder": ("1 note that we reminded you", "{n} notes that we reminded you"),
    "restriction": ("1 note of what is withheld from you", "{n} notes of what is withheld from you"),
    "stored_card": ("1 saved card, at the payment processor too", "{n} saved cards, at the payment processor too"),
}
# What asking for the erasure itself makes, or a visit: it goes whatever its number is when the time has come.
PASSING = {
    *("checkout_draft", "consent", "customer_session", "data_key", "mail", "mailed_link", "recovery_code"),
    *("reminder", "locked_invoice", "erasure"),
}


def papers_words(papers: Iterable[PaperRecord]) -> list[str]:
    """ "2 × packing slip" """
    counts = Counter(paper.words for paper in papers)
    return [f"{count} × {words}" for words, count in sorted(counts.items())]


def counted(table: str, count: int) -> str:
    """ "3 addresses". A table that nobody has put into words yet is called by its own name."""
    plain = table.replace("_", " ")
    one, many = ONE_AND_MANY.get(table, (f"1 {plain}", f"{{n}} rows of {plain}"))
    return one if count == 1 else many.format(n=count)
