"""Search by words: FTS5 or PostgreSQL's text search behind `matches`, and the likeliest spelling of words nobody uses.

The index is written in the transaction that changes a product; only products on show are in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from peewee import SQL, Expression, Select, Table, fn

from ..db import db, is_sqlite
from ..markdown import to_text
from .models import Collection, Product, ProductCollection, ProductState, SearchTrigram, SearchWord, Section, Variant

LETTERS_AT_MOST = 200
WORDS_AT_MOST = 10
GUESSES = 4
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


def index_product(product_id: int) -> None:
    """Write what the product can be found by, or remove it when it is not on show; in the caller's transaction."""
    forget_product(product_id)
    product = Product.get_by_id(product_id)
    if product.state != ProductState.ACTIVE:
        return
    name, about, body = fold(product.name), fold(" ".join(_words_about(product))), fold(to_text(product.description))
    if is_sqlite():
        _run("INSERT INTO product_text (rowid, name, words, body) VALUES (?, ?, ?, ?)", product_id, name, about, body)
    else:
        _run(
            "INSERT INTO product_text (rowid, document) VALUES (?, setweight(to_tsvector('english', ?), 'A')"
            " || setweight(to_tsvector('english', ?), 'B') || setweight(to_tsvector('english', ?), 'D'))",
            *(product_id, name, about, body),
        )
    _remember_words(product_id, f"{name} {about}")


def forget_product(product_id: int) -> None:
    """Let the product be found by nothing any more; in the caller's transaction."""
    SearchWord.delete().where(SearchWord.product == product_id).execute()
    _run("DELETE FROM product_text WHERE rowid = ?", product_id)


def _words_about(product: Product) -> list[str]:
    places: Any = (
        Collection.select(Collection.name, Section.name)
        .join(Section)
        .switch(Collection)
        .join(ProductCollection)
        .where(ProductCollection.product == product.id)
        .tuples()
    )
    options: Any = (
        Variant.select(Variant.option1, Variant.option2, Variant.option3, Variant.sku)
        .where(Variant.product == product.id, ~Variant.is_archived)
        .tuples()
    )
    return [product.summary, product.maker, *(word for row in [*places, *options] for word in row)]


def _remember_words(product_id: int, text: str) -> None:
    words = {word for word in re.findall(r"[^\W\d_]{3,30}", text) if word not in _SMALL_WORDS}
    if not words:
        return
    SearchWord.insert_many([{"word": word, "product": product_id} for word in sorted(words)]).execute()
    seen: Any = SearchTrigram.select(SearchTrigram.word).where(SearchTrigram.word.in_(words)).distinct().tuples()
    known = {word for (word,) in seen}
    trigrams = [{"trigram": part, "word": word} for word in sorted(words - known) for part in _trigrams(word)]
    if trigrams:
        SearchTrigram.insert_many(trigrams).on_conflict_ignore().execute()


def _run(statement: str, *values: object) -> None:
    db.execute_sql(statement if is_sqlite() else statement.replace("?", "%s"), values)
