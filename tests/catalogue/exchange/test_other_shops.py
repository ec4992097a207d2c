"""Files of Shopify and WooCommerce come in as those shops write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from shop import clock
from shop.catalogue.exchange.models import Fate, ImportItem
from shop.catalogue.exchange.queries import pictures_of
from shop.catalogue.models import Product, ProductCollection, ProductState, Variant
from shop.days import today

from ..conftest import Goods
from .conftest import Desk

pytestmark = pytest.mark.once

FILES = Path(__file__).parent / "files"


def file(name: str) -> bytes:
    return (FILES / f"{name}.csv").read_bytes()


def shelf(slug: str) -> dict[str, tuple[int, int | None, int, int]]:
    """SKU -> price, price before, stock and grams."""
    rows = Variant.select().join(Product).where(Product.slug == slug)
    return {row.sku: (row.price_cents, row.compare_at_cents, row.on_hand, row.weight_grams) for row in rows}


def places(slug: str) -> list[str]:
    rows = Product.get(slug=slug).places.order_by(ProductCollection.position)
    return [place.collection.name for place in rows]


def test_shopifys_export_as_it_was_for_years(goods: Goods, desk: Desk) -> None:
    done = desk.bring_in(file("shopify-2023"))
    assert (done.format, desk.errors(done)) == ("shopify", [])
    bag = Product.get(slug="waxed-rucksack")
    assert (bag.name, bag.maker, bag.state) == ("Waxed Rucksack", "Alder & Daughter", ProductState.ACTIVE)
    assert (bag.option1_name, bag.option2_name, bag.option3_name) == ("Colour", "Size", "")
    assert bag.description == (
        "### For rain\n\nWaxed **canvas**, *brass* & leather.\n\n- 20 l\n- Made in [Ojai](https://ojai.example/)"
    )
    assert shelf("waxed-rucksack") == {
        "WR-MOSS-S": (12000, 15000, 4, 1200),
        "WR-MOSS-L": (14000, None, 0, 1500),
        "WR-TEAL-S": (112000, None, 9, 1200),
    }
    assert places("waxed-rucksack") == ["Backpacks"]
    assert [url.rpartition("/")[2] for _, url, _ in pictures_of(done)] == [
        "rucksack-front.jpg?v=1",
        "rucksack-back.jpg?v=1",
        "rucksack-side.jpg?v=1",
        "rucksack-moss.jpg",
    ]
    tin = Product.get(slug="tin")
    assert (tin.state, tin.option1_name, shelf("tin")) == (ProductState.DRAFT, "", {"TIN": (950, None, 3, 90)})
    assert not Product.select().where(Product.slug == "gift").exists()
    assert [row for row, _, text in desk.notes(done) if "gift card" in text] == [7]
    assert "Variant Barcode" in done.not_taken
    again = desk.plan(file("shopify-2023"))
    assert [outcome for _, outcome in desk.outcomes(again)] == ["same", "same", "left-out"]


def test_shopifys_export_under_its_new_headings(goods: Goods, desk: Desk) -> None:
    done = desk.bring_in(file("shopify-2025"))
    assert (done.format, desk.errors(done)) == ("shopify", [])
    bag = Product.get(slug="waxed-rucksack")
    assert (bag.option3_name, bag.description, bag.state) == ("Clasp", "Waxed **canvas**.", ProductState.ACTIVE)
    assert shelf("waxed-rucksack") == {"WR-MOSS": (12000, 15000, 4, 1200), "WR-TEAL": (11900, None, 0, 1200)}
    assert Product.get(slug="tin").state == ProductState.DRAFT
    assert shelf("tin") == {"TIN-1": (950, None, 0, 90)}


def test_woocommerces_export_with_its_variations(goods: Goods, desk: Desk) -> None:
    done = desk.bring_in(file("woocommerce"))
    assert (done.format, desk.errors(done)) == ("woocommerce", [])
    shirt = Product.get(slug="v-neck-ribbed")
    assert (shirt.name, shirt.state, shirt.summary) == ("V-Neck, ribbed", ProductState.ACTIVE, "A short word")
    assert shirt.description == "First line  \nsecond line\n\n**New** paragraph"
    assert (shirt.option1_name, shirt.option2_name) == ("Color", "Fit")
    assert shelf("v-neck-ribbed") == {"vneck-red": (2000, None, 7, 300), "vneck-blue": (1500, 2000, 0, 0)}
    red, blue = (Variant.get(sku=sku) for sku in ("vneck-red", "vneck-blue"))
    assert (red.option1, red.option2, red.is_archived) == ("Red", "Slim, long", False)
    assert (blue.option1, blue.option2, blue.is_archived) == ("Blue", "Any", True)
    assert places("v-neck-ribbed") == ["Tshirts", "Men"]
    assert shelf("beanie") == {"-beanie": (1800, 2050, 12, 200)}
    assert Product.get(slug="plain-cup").state == ProductState.DRAFT
    assert shelf("plain-cup") == {"PLAIN-CUP": (400, None, 0, 0)}
    assert shelf("last-year") == {"old-sale": (900, None, 5, 1000)}
    assert Product.get(slug="last-year").state == ProductState.DRAFT
    left = ImportItem.select(ImportItem.name).where(ImportItem.imported == done.id, ImportItem.outcome == "left-out")
    assert sorted(item.name for item in left) == ["A set", "Song"]
    notes = " ".join(text for _, _, text in desk.notes(done))
    for word in ("a group of products", "a download", "more than two levels", "“reduced-rate”", "the sale has"):
        assert word.lower() in notes.lower(), word
    again = desk.plan(file("woocommerce"))
    assert {outcome for _, outcome in desk.outcomes(again)} == {"same", "left-out"}


def test_a_sale_lasts_until_its_last_day_is_over_where_the_shop_is(goods: Goods, desk: Desk) -> None:
    tomorrow = clock.now().date() + timedelta(days=1)
    clock.travel(datetime.combine(tomorrow, time(2), UTC) - clock.now())
    assert today() < clock.now().date()
    desk.bring_in(file("woocommerce").replace(b"2020-02-01", today().isoformat().encode()))
    assert shelf("last-year") == {"old-sale": (100, 900, 5, 1000)}


def test_a_shopify_product_that_is_here_is_changed_and_what_the_file_lacks_stays(goods: Goods, desk: Desk) -> None:
    goods.add(
        "Old name",
        {"option1": "Moss", "sku": "WR-MOSS-S", "price_cents": 9900, "on_hand": 4},
        {"option1": "Clay", "sku": "WR-CLAY", "price_cents": 9900, "on_hand": 2},
        slug="waxed-rucksack",
        care="Keep dry",
        option1_name="Colour",
        inside=("satchels",),
    )
    done = desk.bring_in(file("shopify-2023"))
    assert desk.fates(done)[0] == ("Waxed Rucksack", Fate.APPLIED, "")
    bag = Product.get(slug="waxed-rucksack")
    assert (bag.name, bag.care, bag.choices) == ("Waxed Rucksack", "Keep dry", 4)
    assert shelf("waxed-rucksack")["WR-CLAY"] == (9900, None, 2, 0)
    assert places("waxed-rucksack") == ["Satchels", "Backpacks"]
    fields = [change[0] for change in json.loads(ImportItem.get(imported=done, number=0).changes)]
    assert "name" in fields
    assert fields.count("variant") == 2
    desk.undo(done)
    assert {each.sku for each in bag.variants} == {"WR-MOSS-S", "WR-CLAY"}
    back = Product.get(slug="waxed-rucksack")
    assert (back.name, back.version, places("waxed-rucksack")) == ("Old name", 3, ["Satchels"])


@pytest.mark.parametrize("name", ["shopify-2023", "shopify-2025", "woocommerce"])
def test_what_came_from_elsewhere_goes_out_and_in_again(goods: Goods, desk: Desk, name: str) -> None:
    desk.bring_in(file(name))
    assert {outcome for _, outcome in desk.outcomes(desk.plan(desk.export()))} == {"same"}


TRANSLATED = {
    "german": "ID;Typ;Artikelnummer;Name;Veröffentlicht;Sichtbarkeit im Katalog;Kurzbeschreibung;Vorrätig?;Bestand;"
    "Gewicht (kg);Angebotspreis;Regulärer Preis;Kategorien;Übergeordnetes Produkt;Attribut 1 Name;Attribut 1 Wert(e)",
    "dutch": "ID;Type;Artikelnummer;Naam;Gepubliceerd;Zichtbaarheid in catalogus;Korte beschrijving;Op voorraad?;"
    "Voorraad;Gewicht (kg);Actieprijs;Reguliere prijs;Categorieën;Hoofd;Naam eigenschap 1;Waarde eigenschap 1",
    "french": "ID;Type;UGS;Nom;Publié;Visibilité dans le catalogue;Description courte;En stock\u00a0?;Stock;"
    "Poids (kg);Tarif promo;Tarif régulier;Catégories;Parent;Nom de l’attribut 1;Valeur(s) de l’attribut 1 ",
    "spanish": "ID;Tipo;SKU;Nombre;Publicado;Visibilidad en el catálogo;Descripción corta;¿Existencias?;Inventario;"
    "Peso (kg);Precio rebajado;Precio normal;Categorías;Superior;Nombre del atributo 1;Valor(es) del atributo 1",
    "italian": "ID;Tipo;SKU;Nome;Pubblicato;Visibilità nel catalogo;Breve descrizione;In stock?;Magazzino;"
    "Peso (kg);Prezzo in offerta;Prezzo di listino;Categorie;Genitore;Nome dell'attributo 1;Valore dell'attributo 1",
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_woocommerces_export_in_another_language(goods: Goods, desk: Desk, language: str) -> None:
    rows = (
        "7;variable;coat;Mantel;1;visible;Warm;1;;;;;Bags > Coats;;Farbe;Rot, Blau\n"
        "8;variation;coat-red;Mantel - Rot;1;visible;;1;3;0,9;89,50;120,00;;coat;Farbe;Rot\n"
        "9;variation;coat-blue;Mantel - Blau;1;visible;;1;viele;0,9;;120,00;;coat;Farbe;Blau\n"
        "10;simple;cap;Kappe;1;visible;;1;4;;;12,00;Bags > Coats;;;\n"
    )
    planned = desk.plan(f"{TRANSLATED[language]}\n{rows}")
    stock = TRANSLATED[language].split(";")[8]
    assert (planned.format, desk.errors(planned)) == (
        "woocommerce",
        [(4, stock, "“viele” is no whole number.")],
    )
    desk.bring_in(f"{TRANSLATED[language]}\n{rows.replace('viele', '5')}")
    assert shelf("mantel") == {"coat-red": (8950, 12000, 3, 900), "coat-blue": (12000, None, 5, 900)}
    assert (places("mantel"), Variant.get(sku="coat-red").option1) == (["Coats"], "Rot")
    assert Product.get(slug="mantel").option1_name == "Farbe"


# A full export of WooCommerce 9 in Polish, which is not one of the languages known here; headings that matter are real.
POLISH = (
    "ID,Rodzaj,SKU,GTIN,Nazwa,Opublikowane,Czy polecany?,Widoczność w katalogu,Krótki opis,Opis,c10,c11,"
    "Status podatku,c13,c14,Stan magazynowy,c16,c17,c18,Waga (kg),c20,c21,c22,c23,c24,Cena promocyjna,Cena regularna,"
    "Kategorie,c28,c29,Obrazki,c31,c32,Nadrzędny,c34,c35,c36,c37,c38,Pozycja,Nazwa atrybutu 1,Wartość atrybutu 1,"
    "Widoczny 1,Globalny 1,Meta: x"
)


def polish(rows: list[dict[int, str]]) -> str:
    usual = {5: "1", 6: "0", 7: "visible", 12: "taxable", 14: "1", 18: "0", 23: "1"}
    lines = [",".join({**usual, **row}.get(place, "") for place in range(45)) for row in rows]
    return "\n".join([POLISH, *lines])


def test_woocommerces_export_in_a_language_nobody_knows_is_told_by_the_order_of_its_columns(
    goods: Goods, desk: Desk
) -> None:
    coat = {
        0: "7",
        1: "variable",
        2: "coat",
        4: "Plaszcz",
        27: "Bags > Coats",
        40: "Kolor",
        41: "Red",
        42: "1",
        43: "1",
    }
    red = {0: "8", 1: "variation", 2: "coat-red", 15: "3", 19: "0.9", 25: "89.50", 26: "120", 33: "coat"}
    cap = {0: "9", 1: '"simple, virtual"', 2: "cap", 4: "Czapka", 6: "1", 15: "4", 26: "12", 17: "notify"}
    content = polish([coat, red | {40: "Kolor", 41: "Red", 43: "1"}, cap])
    done = desk.bring_in(content)
    assert (done.format, desk.errors(done)) == ("woocommerce", [])
    assert shelf("plaszcz") == {"coat-red": (8950, 12000, 3, 900)}
    assert (Product.get(slug="plaszcz").option1_name, Product.get(slug="czapka").featured) == ("Kolor", 1)
    notes = " ".join(text for _, _, text in desk.notes(done))
    assert all(word in notes for word in ("by their order", "no delivery", "none is left"))
    some = "\n".join(",".join(line.split(",")[:5]) for line in content.splitlines())
    assert "language that is not known" in desk.errors(desk.plan(some))[0][2]


def test_woocommerce_may_write_yes_and_no_and_knows_collections_without_their_section(goods: Goods, desk: Desk) -> None:
    head = "ID,Type,SKU,Name,Published,Categories,Regular price,Stock,Parent"
    rows = (
        "1,simple,a-1,Eins,yes,Backpacks,3,1,\n2,simple,a-2,Zwei,FALSE,Uncategorized,3,1,\n"
        "3,variation,a-3,Drei,1,,3,1,id:9"
    )
    done = desk.bring_in(f"{head}\n{rows}")
    assert [Product.get(slug=slug).state for slug in ("eins", "zwei")] == [ProductState.ACTIVE, ProductState.DRAFT]
    assert (places("eins"), places("zwei")) == (["Backpacks"], [])
    assert [(row, column) for row, column, _ in desk.errors(done)] == [(4, "Parent")]


def test_shopifys_unit_prices_come_along_and_what_is_sold_otherwise_there_is_said(goods: Goods, desk: Desk) -> None:
    head = (
        "Handle,Title,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,"
        "Variant Inventory Policy,Variant Requires Shipping,Unit Price Total Measure,Unit Price Total Measure Unit"
    )
    rows = (
        "große,Plum Jam,JAM,4.50,,0,continue,false,0.25,kg\n"
        "oil,Oil,OIL,9,shopify,2,deny,true,75,cl\n"
        "rug,Rug,RUG,9,shopify,1,deny,true,2,m2"
    )
    done = desk.bring_in(f"{head}\n{rows}")
    jam, oil, rug = (Variant.get(sku=sku) for sku in ("JAM", "OIL", "RUG"))
    assert [(each.product.measure, each.measure_amount) for each in (jam, oil, rug)] == [
        ("kg", 250),
        ("l", 750),
        ("", None),
    ]
    assert jam.product.slug == "grosse"
    notes = " ".join(text for _, _, text in desk.notes(done))
    assert all(word in notes for word in ("without being counted", "none is left", "no delivery"))
