"""The `Sealed` column and the model that has them: plain text in Python, sealed bytes in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import peewee
from peewee import Check, FieldAccessor

from ..db import BaseModel, ImpersonalBlob, ImpersonalText, one_of
from .blind import NORMAL_FORMS, blind
from .personal import Personal, Source
from .sealing import Ciphertext, seal, unseal

VERSION_LETTERS = 24


class PlainText(Exception):
    """Plain text was about to be written to a sealed column, or compared with one, past the model's attribute."""


class WrongSubject(Exception):
    """A sealed value was set or read without its row's subject, or the subject was changed under sealed values."""


class _SealedAccessor(FieldAccessor):
    def __get__(self, instance: Any, instance_type: type | None = None) -> Any:
        if instance is None:
            return self.field
        sealed = instance.__data__.get(self.name)
        return None if sealed is None else unseal(sealed, **self._place(instance))

    def __set__(self, instance: Any, value: object) -> None:
        if isinstance(value, str):
            instance.__data__[self.name] = seal(value, **self._place(instance))
            self._index(instance, value)
        elif value is None or isinstance(value, Ciphertext):
            instance.__data__[self.name] = value
            if value is None:
                self._index(instance, None)
        else:
            raise TypeError(f"{self.field!r} holds text, not {type(value).__name__}")
        instance._dirty.add(self.name)

    def _place(self, instance: Any) -> dict[str, str]:
        subject = instance.__data__.get("subject")
        if subject is None:
            raise WrongSubject(f"{self.field!r} is sealed for its row's subject: set it, and select that column too")
        return {"table": self.model._meta.table_name, "column": self.field.column_name, "subject": subject}

    def _index(self, instance: Any, text: str | None) -> None:
        kind = self.field.kind
        if kind is not None:
            setattr(instance, self.field.blind_index, None if text is None else blind(kind, text))


def _refused(operator: str) -> Callable[..., Any]:
    inherited = getattr(peewee.ColumnBase, operator)

    def compare(self: Sealed, value: object, *more: object) -> Any:
        if value is None or isinstance(value, peewee.Node):
            return inherited(self, value, *more)
        return self.refuse()

    compare.__name__ = operator
    return compare


class Sealed(peewee.BlobField):
    """A column of personal text, with its declaration. It may be NULL: whether a value is required is for forms to say.

    `blind_index="email_index"` names the ImpersonalBlob column that is filled with `blind("email", text)`, to find rows
    by; `kind` is said where the column's name does not say it.
    """

    accessor_class = _SealedAccessor

    def __init__(
        self, personal: Personal, *, blind_index: str | None = None, kind: str | None = None, null: bool = True
    ) -> None:
        self.personal = personal
        self.blind_index = blind_index
        self.kind = kind or (blind_index and blind_index.removesuffix("_index"))
        if self.kind and self.kind not in NORMAL_FORMS:
            raise ValueError(f"there is no blind index of {self.kind!r}, but of {', '.join(NORMAL_FORMS)}")
        super().__init__(null=null)

    def bind(self, model: Any, name: str, set_attribute: bool = True) -> None:
        if self.blind_index and not isinstance(getattr(model, self.blind_index, None), ImpersonalBlob):
            raise TypeError(f"{model.__name__} needs {self.blind_index} = ImpersonalBlob(null=True, …) for {name}")
        super().bind(model, name, set_attribute)
        if not getattr(model, "is_abstract", False):
            _sealed_fields.append(self)

    def db_value(self, value: object) -> Any:
        if value is None:
            return None
        if not isinstance(value, Ciphertext):
            self.refuse()
        return super().db_value(bytes(value))  # type: ignore[no-untyped-call]

    def python_value(self, value: Any) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def refuse(self) -> NoReturn:
        found_by = f'{self.blind_index} == blind("{self.kind}", …)' if self.blind_index else "a blind index"
        raise PlainText(
            f"{self!r} is sealed: write it as an attribute of one row and save() that, find rows by {found_by}; "
            "update(), insert_many() and comparisons never see the plain text"
        )

    for _operator in (
        *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__mod__", "__pow__", "__lshift__"),
        *("like", "ilike", "in_", "not_in", "regexp", "iregexp", "contains", "startswith", "endswith", "between"),
    ):
        locals()[_operator] = _refused(_operator)
    del _operator
    __hash__ = peewee.Field.__hash__


class _SubjectAccessor(FieldAccessor):
    def __set__(self, instance: Any, value: Any) -> None:
        before = instance.__data__.get(self.name)
        if before not in (None, value) and any(isinstance(held, Ciphertext) for held in instance.__data__.values()):
            raise WrongSubject(f"{instance!r} holds values sealed for its subject: make a new row for another one")
        super().__set__(instance, value)


class SubjectField(ImpersonalText):
    """The id of the key that a row's values are sealed with."""

    accessor_class = _SubjectAccessor


def reveal(field: Sealed, *, subject: str, sealed: Ciphertext | None) -> str | None:
    """The text of a value that came without its row, as `.dicts()` and `.tuples()` give it."""
    place = {"table": field.model._meta.table_name, "column": field.column_name, "subject": subject}
    return None if sealed is None else unseal(sealed, **place)


def version_of(row: SealedModel, *names: str) -> str:
    """What these sealed values of a row stand at: another once any of them was written anew, and telling nothing of
    them. A form carries it along, to notice that somebody else was quicker."""
    digest = hashlib.sha256()
    for name in names:
        sealed = row.__data__.get(name) or b""
        digest.update(len(sealed).to_bytes(4) + bytes(sealed))
    return digest.hexdigest()[:VERSION_LETTERS]


def checked_source(column: str = "source") -> Any:
    """The database's own check that a column names a source."""
    return Check(one_of(column, Source))


class SealedModel(BaseModel):
    """A table with personal columns: `Contact(subject=new_subject("order"), source=Source.SELF, email="…")`.

    `source` says where the values came from; the database refuses a row without one. Columns that several tables share
    stand once, in `class Shared(SealedModel, abstract=True)`, which is no table itself.
    """

    is_abstract = True

    subject = SubjectField(index=True)
    source = ImpersonalText(constraints=[checked_source()])

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        super().__init_subclass__()
        cls.is_abstract = abstract

    def __init__(self, *args: Any, **values: Any) -> None:
        if "subject" in values:
            values = {"subject": values.pop("subject"), **values}
        super().__init__(*args, **values)


@dataclass(frozen=True)
class Declaration:
    """One personal column of the shop, and what is said about it."""

    model: type[SealedModel]
    field: Sealed
    personal: Personal


_sealed_fields: list[Sealed] = []


def declarations() -> list[Declaration]:
    """Every personal column of the shop's models, in the order they are declared."""
    return [
        Declaration(field.model, field, field.personal)
        for field in _sealed_fields
        if field.model.__module__.startswith(f"{__name__.partition('.')[0]}.")
    ]


def sealed_models() -> list[type[SealedModel]]:
    """Every model with a personal column."""
    return list(dict.fromkeys(field.model for field in _sealed_fields))
