"""What is held about people: the table beside the policy's prose, made from the declarations of the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import vault

GROUPS = {
    "order": "When you order",
    "erasure": "When you have us forget you",
    "invoice": "Orders that you had us forget",
    "cart": "Your cart",
    "profile": "Your account",
    "card": "Cards you saved",
    "link": "Links we mail to you",
    "mail": "Mails we write to you",
    "survey": "Questions you chose to answer",
    "case": "Requests and complaints",
    "staff": "If you work here",
}
PLACES = {"shipping": "for the delivery", "billing": "for the bill"}
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Held:
    """One value the shop asks a person for; `place` tells apart those with the same label."""

    label: str
    place: str
    why: str
    without: str
    required: bool
    purposes: Sequence[str]
    recipients: Sequence[str]


@dataclass(frozen=True)
class HeldGroup:
    """What is asked for on one occasion, and how long all of it is kept."""

    name: str
    title: str
    how_long: str
    values: Sequence[Held]


def held() -> list[HeldGroup]:
    """Everything personal that the shop can hold, as declared beside the columns themselves."""
    declared = list(dict.fromkeys(found.personal for found in vault.declarations()))
    return [
        HeldGroup(name, title, _how_long(name), [_held(value) for value in declared if value.retention == name])
        for name, title in GROUPS.items()
        if any(value.retention == name for value in declared)
    ]


def _held(value: vault.Personal) -> Held:
    return Held(
        label=value.label,
        place=PLACES.get((value.autocomplete or "").partition(" ")[0], ""),
        why=value.why,
        without=value.without,
        required=value.required,
        purposes=[purpose.words for purpose in value.purposes],
        recipients=[recipient.words for recipient in value.recipients],
    )


def _how_long(retention: str) -> str:
    kind = vault.RETENTION[retention]
    if kind.days is None:
        return kind.words
    years, days = divmod(kind.days, DAYS_A_YEAR)
    return f"{kind.words}: {years} years" if years > 1 and days < years else f"{kind.words}: {kind.days} days"


def as_markdown() -> str:
    """The whole table in words, to be kept with the version of the policy that it stood beside."""
    return "\n\n".join(part for group in held() for part in _in_words(group))


def _in_words(group: HeldGroup) -> Iterator[str]:
    yield f"## {group.title}"
    yield f"Kept {group.how_long}."
    for value in group.values:
        place = f" {value.place}" if value.place else ""
        optional = "" if value.required else " (optional)"
        yield (
            f"**{value.label}**{place}{optional}: {value.why} {value.without} "
            f"We use it {', '.join(value.purposes)}. Who else receives it: {', '.join(value.recipients) or 'nobody'}."
        )
