"""WooCommerce's headings in the languages that its exporter translates them into, led back to the English ones.

As the language packs of WooCommerce 3 to 10 write them; what differs from release to release stands in both spellings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

# English -> German; Dutch; French; Spanish; Italian.
_SPELLED = {
    "type": ("typ", "type", "type", "tipo", "tipo"),
    "sku": ("artikelnummer", "artikelnummer", "ugs", "sku", "cod"),
    "name": ("name", "naam", "nom", "nombre", "nome"),
    "published": ("veröffentlicht", "gepubliceerd", "publié", "publicado", "pubblicato"),
    "is featured?": (
        ("ist hervorgehoben?", "hervorgehoben?"),
        "uitgelicht?",
        "mis en avant ?",
        "¿está destacado?",
        "in primo piano?",
    ),
    "visibility in catalog": (
        "sichtbarkeit im katalog",
        "zichtbaarheid in catalogus",
        "visibilité dans le catalogue",
        "visibilidad en el catálogo",
        "visibilità nel catalogo",
    ),
    "short description": (
        "kurzbeschreibung",
        ("korte beschrijving", "korte omschrijving"),
        "description courte",
        "descripción corta",
        "breve descrizione",
    ),
    "description": ("beschreibung", "beschrijving", "description", "descripción", "descrizione"),
    "date sale price starts": (
        ("datum, an dem angebotspreis beginnt", "datum, an dem der angebotspreis beginnt"),
        "startdatum actieprijs",
        "date de début de promo",
        "día en que empieza el precio rebajado",
        "data di partenza del prezzo in saldo",
    ),
    "date sale price ends": (
        ("datum, an dem angebotspreis endet", "datum, an dem der angebotspreis endet"),
        "einddatum actieprijs",
        "date de fin de promo",
        "día en que termina el precio rebajado",
        "data in cui termina l'offerta",
    ),
    "tax status": ("steuerstatus", "btw status", "état de la tva", "estado del impuesto", "stato delle imposte"),
    "tax class": (
        "steuerklasse",
        "belastingklasse",
        ("classe de tva", "classe tva"),
        "clase de impuesto",
        "aliquota di imposta",
    ),
    "in stock?": (
        ("vorrätig?", "auf lager?"),
        "op voorraad?",
        "en stock ?",
        ("¿existencias?", "¿en inventario?"),
        "in stock?",
    ),
    "stock": (("bestand", "lager", "lagerbestand"), "voorraad", "stock", "inventario", "magazzino"),
    "sale price": (
        "angebotspreis",
        "actieprijs",
        ("tarif promo", "prix promo"),
        "precio rebajado",
        "prezzo in offerta",
    ),
    "regular price": (
        ("regulärer preis", "normaler preis"),
        "reguliere prijs",
        ("tarif régulier", "prix régulier"),
        ("precio normal", "precio regular"),
        "prezzo di listino",
    ),
    "categories": ("kategorien", "categorieën", "catégories", "categorías", "categorie"),
    "images": ("bilder", "afbeeldingen", "images", "imágenes", ("immagine", "immagini")),
    "parent": ("übergeordnetes produkt", "hoofd", "parent", "superior", "genitore"),
}
_WEIGHT = re.compile(r"(?:gewicht|poids|peso) \((kg|g|lbs?|oz)\)")
_ATTRIBUTES = {
    "name": r"attribut (\d+) name|naam eigenschap (\d+)|nom de l'attribut (\d+)|nombre del atributo (\d+)"
    r"|nome dell'attributo (\d+)|attributo (\d+) nome",
    "value(s)": r"attribut (\d+) wert\(e\)|waarden? eigenschap (\d+)|valeur\(s\) de l'attribut (\d+)"
    r"|valor\(es\) del atributo (\d+)|valore dell'attributo (\d+)|attributo (\d+) (?:valore|valuta)\(e\)",
}


def _english() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, spelled in _SPELLED.items():
        for each in spelled:
            found |= dict.fromkeys([each] if isinstance(each, str) else each, name)
    return found


ENGLISH = _english()
# The languages' own words: "name" and "stock" say nothing about who wrote a file.
_TELLING = frozenset(ENGLISH) - frozenset(_SPELLED)
TELLING_AT_LEAST = 3


def in_english(heading: str) -> str:
    """A plain heading as WooCommerce writes it in English, or as it is."""
    heading = unicodedata.normalize("NFC", heading).replace("’", "'")
    if heading in ENGLISH:
        return ENGLISH[heading]
    if weight := _WEIGHT.fullmatch(heading):
        return f"weight ({weight[1]})"
    for what, pattern in _ATTRIBUTES.items():
        if found := re.fullmatch(pattern, heading):
            return f"attribute {next(filter(None, found.groups()))} {what}"
    return heading


def is_translated(headings: Collection[str]) -> bool:
    """Whether plain headings are WooCommerce's in one of these languages."""
    return len(_TELLING & set(headings)) >= TELLING_AT_LEAST
