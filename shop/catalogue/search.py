"""Search by words: FTS5 or PostgreSQL's text search behind `matches`, and the likeliest spelling of words nobody uses.

The index is written in the transaction that changes a product; only products on show are in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, Expression, Select, Table, fn

from ..db import db, is_sqlite
from ..markdown import to_text
from .models import Collection, Product, ProductCollection, ProductState, SearchTrigram, SearchWord, Section, Variant

LETTERS_AT_MOST = 200
WORDS_AT_MOST = 10
GUESSES = 4
ROWS_AT_ONCE = 500
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to", "with"}
)
_TEXT = Table("product_text")
# Relevance as a whole number, so that a page's cursor can hold it exactly.
_FINENESS = 1_000_000
# How much more a word counts than a longer one that begins with it.
_WHOLE_WORDS_COUNT = 4


@dataclass(frozen=True)
class Wanted:
    """What was typed, taken apart: phrases and words that must be there, words that must not."""

    phrases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.phrases or self.words)


def readable(typed: str) -> str:
    """What was typed, cut to a length, with a space for each letter that cannot be shown."""
    return "".join(letter if letter.isprintable() else " " for letter in typed[:LETTERS_AT_MOST]).strip()


def fold(text: str) -> str:
    """Small letters without accents: how text is kept in the index, and how it is looked for."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


def understand(typed: str) -> Wanted:
    """Quotes make a phrase, a minus leaves a word out; nothing that is typed is an error."""
    found = re.findall(r'"([^"]*)"|(?:(?<=\s)|^)-(\w+)|(\w+)', fold(typed[:LETTERS_AT_MOST]))[:WORDS_AT_MOST]
    phrases = (" ".join(re.findall(r"\w+", phrase)) for phrase, _, _ in found)
    words = [word for _, _, word in found if word]
    telling = [word for word in words if word not in _SMALL_WORDS]
    return Wanted(
        phrases=tuple(filter(None, phrases)),
        words=tuple(telling or words),
        without=tuple(word for _, word, _ in found if word),
    )


def matching_ids(wanted: Wanted) -> Select:
    """The ids of the products that match, as a subquery."""
    return _TEXT.select(_TEXT.c.rowid).where(_found(wanted))


def matches(wanted: Wanted) -> Select:
    """The same as a subquery with the columns `product_id` and `score` (more is better)."""
    if is_sqlite():
        score = SQL(f"CAST(-rank * {_FINENESS} AS INTEGER)")
    else:
        asked = _for_postgresql(wanted)
        whole = f"ts_rank(document, plainto_tsquery('english', %s)) * {_WHOLE_WORDS_COUNT}"
        score = SQL(
            f"CAST({_FINENESS} * (ts_rank(document, {asked.sql}) + {whole}) AS bigint)",
            (*asked.params, " ".join(wanted.words)),
        )
    return _TEXT.select(_TEXT.c.rowid.alias("product_id"), score.alias("score")).where(_found(wanted))


def _found(wanted: Wanted) -> Expression:
    if is_sqlite():
        return Expression(SQL("product_text"), "MATCH", _for_fts5(wanted))
    return Expression(_TEXT.c.document, "@@", _for_postgresql(wanted))


def _for_fts5(wanted: Wanted) -> str:
    """Each word in quotes, so that none is an operator; the last may be the beginning of one."""
    musts = [f'"{phrase}"' for phrase in wanted.phrases] + [f'"{word}"' for word in wanted.words]
    if wanted.words:
        # As a whole and as a beginning: whole words come first.
        musts[-1] = f"({musts[-1]} OR {musts[-1]}*)"
    query = " AND ".join(musts)
    nots = " OR ".join(f'"{word}"' for word in wanted.without)
    return f"({query}) NOT ({nots})" if nots else query


def _for_postgresql(wanted: Wanted) -> SQL:
    spelled = [f'"{phrase}"' for phrase in wanted.phrases] + [f"-{word}" for word in wanted.without]
    spelled += wanted.words[:-1]
    if not wanted.words:
        return SQL("websearch_to_tsquery('english', %s)", (" ".join(spelled),))
    beginning = f"{wanted.words[-1]}:*"
    if not spelled:
        return SQL("to_tsquery('english', %s)", (beginning,))
    return SQL("(websearch_to_tsquery('english', %s) && to_tsquery('english', %s))", (" ".join(spelled), beginning))


def likely(wanted: Wanted) -> Wanted | None:
    """The same with words that nobody uses put right or left out; None when that leaves it as it was, or nothing."""
    used: Any = SearchWord.select(SearchWord.word).where(SearchWord.word.in_(wanted.words)).distinct().tuples()
    known = {word for (word,) in used}
    unknown = [word for word in wanted.words if word not in known]
    guesses = {word: _closest(word) for word in unknown[:GUESSES]}
    words = tuple(filter(None, (word if word in known else guesses.get(word) for word in wanted.words)))
    return Wanted(wanted.phrases, words, wanted.without) if words and words != wanted.words else None


def _closest(word: str) -> str | None:
    if len(word) < 3:
        return None
    shared = fn.COUNT(SearchTrigram.id)
    in_use = SearchWord.select(SearchWord.id).where(SearchWord.word == SearchTrigram.word)
    near: Any = (
        SearchTrigram.select(SearchTrigram.word)
        .where(SearchTrigram.trigram.in_(_trigrams(word)), fn.EXISTS(in_use))
        .group_by(SearchTrigram.word)
        .order_by(shared.desc(), SearchTrigram.word)
        .limit(40)
        .tuples()
    )
    slips_at_most = 1 if len(word) < 7 else 2
    slips = sorted((slips_between(word, found), found) for (found,) in near)
    return slips[0][1] if slips and slips[0][0] <= slips_at_most else None


def _trigrams(word: str) -> list[str]:
    padded = f"  {word} "
    return sorted({padded[start : start + 3] for start in range(len(padded) - 2)})


def slips_between(one: str, other: str) -> int:
    """How many letters were missed, added, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if earlier and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def index_products(product_ids: Sequence[int]) -> None:
    """Write what these products can be found by, and remove those not on show; in the caller's transaction, in a fixed
    number of statements."""
    forget_products(product_ids)
    shown = list(Product.select().where(Product.id.in_(list(product_ids)), Product.state == ProductState.ACTIVE))
    about = _words_about([product.id for product in shown])
    texts = [_text_of(product, about.get(product.id, [])) for product in shown]
    if not texts:
        return
    if is_sqlite():
        _insert("product_text (rowid, name, words, body)", "(?, ?, ?, ?)", texts)
    else:
        document = " || ".join(f"setweight(to_tsvector('english', ?), '{weight}')" for weight in "ABD")
        _insert("product_text (rowid, document)", f"(?, {document})", texts)
    _remember_words({product_id: f"{name} {words}" for product_id, name, words, _ in texts})


def forget_products(product_ids: Sequence[int]) -> None:
    """Let these products be found by nothing any more; in the caller's transaction."""
    if product_ids:
        SearchWord.delete().where(SearchWord.product.in_(list(product_ids))).execute()
        _TEXT.delete().where(_TEXT.c.rowid.in_(list(product_ids))).execute(db)


def _text_of(product: Product, about: list[str]) -> tuple[int, str, str, str]:
    words = " ".join([product.summary, product.maker, *about])
    return (product.id, fold(product.name), fold(words), fold(to_text(product.description)))


def _words_about(product_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the places that each of the products is in, and its options and SKUs."""
    places: Any = (
        ProductCollection.select(ProductCollection.product, Collection.name, Section.name)
        .join(Collection)
        .join(Section)
        .where(ProductCollection.product.in_(list(product_ids)))
        .tuples()
    )
    options: Any = (
        Variant.select(Variant.product, Variant.option1, Variant.option2, Variant.option3, Variant.sku)
        .where(Variant.product.in_(list(product_ids)), ~Variant.is_archived)
        .tuples()
    )
    found: dict[int, list[str]] = {}
    for product_id, *words in [*places, *options]:
        found.setdefault(product_id, []).extend(words)
    return found


def _remember_words(texts: dict[int, str]) -> None:
    """What misspelt words are compared with, by product."""
    used = {product_id: _telling_words(text) for product_id, text in texts.items()}
    words = set().union(*used.values())
    if not words:
        return
    pairs = [(word, product_id) for product_id, those in used.items() for word in sorted(those)]
    _insert("search_word (word, product_id)", "(?, ?)", pairs)
    seen: Any = SearchTrigram.select(SearchTrigram.word).where(SearchTrigram.word.in_(words)).distinct().tuples()
    new = words - {word for (word,) in seen}
    trigrams = [(part, word) for word in sorted(new) for part in _trigrams(word)]
    _insert("search_trigram (trigram, word)", "(?, ?)", trigrams, "ON CONFLICT DO NOTHING")


def _telling_words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]{3,30}", text) if word not in _SMALL_WORDS}


def _insert(into: str, row: str, rows: Sequence[tuple[object, ...]], otherwise: str = "") -> None:
    """Many rows at once, written out by hand: building such a statement from objects takes longer than running it."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        values = ", ".join([row] * len(part))
        statement = f"INSERT INTO {into} VALUES {values} {otherwise}"  # noqa: S608 - all of it is written in this file
        _run(statement, *(value for each in part for value in each))


def _run(statement: str, *values: object) -> None:
    db.execute_sql(statement if is_sqlite() else statement.replace("?", "%s"), values)
