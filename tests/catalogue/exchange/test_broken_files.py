"""Files as they really come: in other encodings, with other delimiters, cut off, shifted, or no CSV at all."""

from __future__ import annotations

import codecs
import io
import zipfile

import pytest

from shop.catalogue.exchange.decoding import decode
from shop.catalogue.exchange.models import Step
from shop.catalogue.models import Product, Variant

from ..conftest import Goods
from .conftest import Desk

pytestmark = pytest.mark.once

HEAD = "Address,Name,SKU,Price,State"
GOOD = "tote,Crème Brûlée “Tote”,T-1,48.00,active"


def workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_encoding_and_delimiter_are_found_out(desk: Desk, encoding: str, said: str, sign: str) -> None:
    text = f"{HEAD}\r\n\r\n{GOOD}\r\n\r\n".replace(",", sign)
    planned = desk.plan(text.encode(encoding))
    assert (planned.step, planned.encoding, desk.errors(planned)) == (Step.READY, said, [])
    assert desk.outcomes(planned) == [("Crème Brûlée “Tote”", "new")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Écharpe à carreaux – Größe"),
        ("cp1252", "Sää on yötä hyvää"),
        ("cp1252", "It’s “new” – 5 € … ½"),
        ("cp1250", "Zażółć gęślą jaźń"),
        ("cp1251", "Шапка шерстяная красная"),
        ("cp1253", "Καπέλο μάλλινο κόκκινο"),
        ("mac_roman", "Écharpe à carreaux – Größe"),
    ],
    ids=["french", "finnish", "signs", "polish", "russian", "greek", "mac"],
)
def test_one_name_with_accents_tells_the_encoding(encoding: str, text: str) -> None:
    content = f"SKU,Name,Price\nA1,{text},1.00\n"
    assert decode(content.encode(encoding)).text == content


def test_a_file_cut_within_a_letter_is_still_utf_8() -> None:
    whole = "SKU,Name\n" + "A1,Größe ñandú\n" * 20
    found = decode(whole.encode()[:-2])
    assert (found.encoding, found.has_losses, "Größe ñandú" in found.text) == ("UTF-8", True, True)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "nothing in this file"),
        (b"\r\n ,,\r\n", "no headings"),
        (f"{HEAD}\n".encode(), "nothing below"),
        (workbook(), "spreadsheet or a ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (bytes(range(256)) * 40, "no text file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"colour,shape\nred,round\n", "None of the formats has these columns"),
        (f"{HEAD},Price\n{GOOD},5\n".encode(), "Two columns are called"),
        (f'{HEAD}\ntote,"Tote,T-1,48.00,active\nnext,Next,N,1,draft\n'.encode(), "quotation mark"),
        (f'{HEAD}\ntote,"Tote" x,T-1,48.00,active\n'.encode(), "quotation mark"),
        (f"{HEAD}\n{'x' * 300_000},A,B,1,draft\n".encode(), "longer than"),
        ((f"{HEAD}\n" + "a,b,c,1,draft\n" * 50_001).encode(), "more than 50,000 rows"),
        (",".join(f"column {number}" for number in range(1_000_000)).encode(), "more than 500 columns"),
    ],
    ids=[
        *("empty", "blank", "headings-only", "workbook", "old-workbook", "pdf", "gzip", "binary", "web-page"),
        *(
            "other-columns",
            "heading-twice",
            "open-quote",
            "letters-after-quote",
            "long-cell",
            "too-many",
            "million-columns",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(desk: Desk, content: bytes, word: str) -> None:
    planned = desk.plan(content)
    assert (planned.step, desk.outcomes(planned)) == (Step.REFUSED, [])
    ((_, _, text),) = desk.errors(planned)
    assert word in text


@pytest.mark.parametrize(
    ("row", "column", "word"),
    [
        ("a,Too,many,cells,draft,6", "", "6 cells"),
        ("a,Bag,B-1,forty,draft", "Price", "is no price"),
        ("a,Bag,B-1,,draft", "Price", "no price"),
        ("a,Bag,B-1,-1,draft", "Price", "less than nothing"),
        ("a,Bag,B-1,1.999,draft", "Price", "more digits"),
        ("a,Bag,B-1,1,sold", "State", "not known here"),
        (",,B-1,1,draft", "Name", "needs a name"),
        (f"a,{'long ' * 60},B-1,1,draft", "Name", "too long"),
        (f"a,Bag,{'S' * 65},1,draft", "SKU", "too long"),
        ("a,Bag,T-1,1,draft", "SKU", "stands in row 2 too"),
        ("tote,Other name,B-1,1,active", "Name", "something else than row 2"),
    ],
)
def test_a_wrong_row_is_named_with_its_column_and_the_others_are_good(
    desk: Desk, row: str, column: str, word: str
) -> None:
    planned = desk.plan(f"{HEAD}\n{GOOD}\n{row}\nlast,Last,L-1,5.00,draft\n")
    (found,) = [each for each in desk.errors(planned) if word in each[2]]
    assert found[:2] == (3, column)
    desk.apply(planned)
    assert Variant.get_or_none(sku="L-1") is not None
    assert Variant.get_or_none(sku="B-1") is None


def test_a_price_that_may_mean_two_things_is_asked_about(desk: Desk) -> None:
    planned = desk.plan('SKU,Name,Price\nA,Bag,"1,234"\n')
    assert desk.errors(planned) == [(2, "Price", "“1,234” can be read in more than one way.")]


def test_short_rows_zero_bytes_and_strange_columns_are_worth_a_word(desk: Desk) -> None:
    planned = desk.plan(f"{HEAD},Summery\n{GOOD},warm\nbag,B\0ag,B-1,3.00\n")
    assert desk.errors(planned) == []
    notes = desk.notes(planned)
    assert (0, "Summery", "No column is called “Summery”. It is left out.") in notes
    assert [row for row, _, text in notes if "zero bytes" in text or "ends after 4" in text] == [3, 3]


def test_lines_within_cells_count_as_one_row(desk: Desk) -> None:
    text = 'SKU,Name,Description,Price\nA,"Two\nlines","- one\n- two, ""quoted""\r\n- three",1\nB,Bag,,x\n'
    planned = desk.plan(text)
    assert [row for row, _, _ in desk.errors(planned)] == [3]
    desk.apply(planned)
    made = Product.get(name="Two lines")
    assert made.description == '- one\n- two, "quoted"\n- three'


def test_line_ends_may_be_mixed_and_letters_cut_in_half(desk: Desk) -> None:
    rows = "A,=1+1,1\r\nB,@SUM(A1),2\nC,Bag,3\rD,Cup,x\r\n"
    planned = desk.plan(f"SKU,Name,Price\r{rows}")
    assert ([name for name, _ in desk.outcomes(planned)], [row for row, _, _ in desk.errors(planned)]) == (
        ["=1+1", "@SUM(A1)", "Bag", "Cup"],
        [5],
    )
    desk.apply(planned)
    assert "'=1+1" in desk.export() and "'@SUM(A1)" in desk.export()
    half = desk.plan("SKU,Name,Price\nE,Crème,1\n".encode("utf-16") + b"\xd8")
    assert (half.step, half.encoding) == (Step.READY, "UTF-16")
    assert "Some letters cannot be read" in desk.notes(half)[0][2]


def test_excels_own_first_line_says_the_delimiter(desk: Desk) -> None:
    planned = desk.plan(codecs.BOM_UTF8 + b"sep=;\r\nSKU;Name;Price\r\nA;Bag, red;1,50\r\nB;Bag;x\r\n")
    assert planned.delimiter == "semicolon"
    assert [row for row, _, _ in desk.errors(planned)] == [4]


def test_a_sku_of_another_product_is_not_taken(goods: Goods, desk: Desk) -> None:
    goods.add("One", {"sku": "ONE"})
    goods.add("Two", {"sku": "TWO"})
    planned = desk.plan("Address,SKU,Price\ntwo,ONE,5\none,ONE-B,5\n")
    assert "belongs to another product" in desk.errors(planned)[0][2]


def test_a_name_of_the_file_is_kept_harmless_and_short(desk: Desk) -> None:
    planned = desk.plan("SKU,Price\nA,1\n")
    assert planned.file_name == "goods.csv"
    assert planned.size == 14
