"""Which territory a name means, in lists and in running text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from store.territory import (
    covers,
    expand,
    find_territories,
    is_code,
    is_region_label,
    members,
    revision,
    territory_code,
    territory_codes,
    territory_name,
)
from store.values import Availability, Span, Status

NAMES = {
    "Congo (Congo-Brazzaville)": "CG",
    "Congo (Brazzaville)": "CG",
    "Congo, Republic of the": "CG",
    "Republic of the Congo": "CG",
    "Congo (DRC)": "CD",
    "Congo, Democratic Republic of (DRC)": "CD",
    "刚果民主共和国": "CD",
    "Guinea": "GN",
    "Guinea-Bissau": "GW",
    "Equatorial Guinea": "GQ",
    "Papua New Guinea": "PG",
    "Korea, Republic of": "KR",
    "Democratic People’s Republic of Korea": "KP",
    "DPRK": "KP",
    "Timor-Leste, Democratic Republic of": "TL",
    "East Timor": "TL",
    "Czechia (Czech Republic)": "CZ",
    "Holy See (Vatican City)": "VA",
    "Eswatini (Swaziland)": "SZ",
    "Swaziland": "SZ",
    "The Bahamas": "BS",
    "Bahamas, The": "BS",
    "Bosnia": "BA",
    "Herzegovina": "BA",
    "Bosnia & Herzegovina": "BA",
    "Falkland Islands (Islas Malvinas)": "FK",
    "Republic of Cyprus": "CY",
    "U.S. Virgin Islands": "VI",
    "Virgin Islands, British": "VG",
    "Northern Mariana Islands": "MP",
    "Türkiye": "TR",
    "Turkiye (Turkey)": "TR",
    "Burma": "MM",
    "Lao PDR": "LA",
    "Chinese Taipei": "TW",
    "Taiwan, Province of China": "TW",
    "Republic of China": "TW",
    "People's Republic of China": "CN",
    "mainland China": "CN",
    "Chine continentale": "CN",
    "中国大陆": "CN",
    "中國大陸": "CN",
    "Hong Kong SAR": "HK",
    "香港": "HK",
    "澳门": "MO",
    "澳门特别行政区": "MO",
    "Kosovo": "XK",
    "Crimea": "UA-43",
    "Crimée": "UA-43",
    "Sevastopol": "UA-40",
    "so-called Donetsk People's Republic": "UA-14",
    "the so-called Luhansk People’s Republic": "UA-09",
    "separatist areas of Luhansk": "UA-09",
    "Saint Vincent & the Grenadines": "VC",
    "St. Vincent and the Grenadines": "VC",
    "CÔTE D’IVOIRE": "CI",
    "Cote d'Ivoire": "CI",
    "Allemagne": "DE",
    "德国": "DE",
    "Deutschland": "DE",
    "ドイツ": "DE",
    "Iran (Islamic Republic of)": "IR",
    "Netherlands (the)": "NL",
    "Norway (NO)": "NO",
    "Kingdom of Saudi Arabia": "SA",
    "Georgia": "GE",
}


@pytest.mark.parametrize(("name", "code"), NAMES.items())
def test_a_whole_name_has_one_territory(name: str, code: str) -> None:
    assert territory_code(name) == code


@pytest.mark.parametrize(
    "name",
    ["NO", "IN", "MI", "New Mexico", "State of Georgia", "Virgin Islands", "Europe", "Overview", "", "Ukraine (beta)"],
)
def test_what_is_no_name_has_none(name: str) -> None:
    assert territory_codes(name) == ()


def test_one_entry_may_name_two_territories() -> None:
    assert territory_codes("Crimea/Sevastopol") == ("UA-43", "UA-40")
    assert territory_code("Crimea/Sevastopol") is None


TEXTS = {
    "Niger and Nigeria": ["NE", "NG"],
    "Guinea-Bissau, Papua New Guinea, Guinea and Equatorial Guinea": ["GW", "PG", "GN", "GQ"],
    "the Democratic Republic of the Congo and the Republic of the Congo": ["CD", "CG"],
    "Dominican Republic and Dominica": ["DO", "DM"],
    "New Mexico, New Jersey and Mexico": ["MX"],
    "our office in Atlanta, Georgia": [],
    "Florida, Georgia and Texas": [],
    "Armenia, Georgia and Azerbaijan": ["AM", "GE", "AZ"],
    "Team spotlight: Chad Jordan": [],
    "Jordan Smith joins": [],
    "users in Jordan and Chad": ["JO", "TD"],
    "turkey is on the menu in Turkey": ["TR"],
    "CONTACT US. The U.S. and US law": ["US", "US"],
    "in no case": [],
    "South China Morning Post on the South China Sea": [],
    "Hong Kong, China and Russia": ["HK", "CN", "RU"],
    "la Chine continentale et Hong Kong": ["CN", "HK"],
    "中国大陆和香港、澳门特别行政区": ["CN", "HK", "MO"],
    "印度尼西亚和印度": ["ID", "IN"],
    "Crimea/Sevastopol and the separatist areas of Donetsk and Luhansk": ["UA-43", "UA-40", "UA-14", "UA-09"],
    "한국에서 사용": ["KR"],
}


@pytest.mark.parametrize(("text", "codes"), TEXTS.items())
def test_running_text_names_territories_in_order(text: str, codes: list[str]) -> None:
    mentions = find_territories(text)
    assert [mention.code for mention in mentions] == codes
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "İ — in Co\u0302te d’Ivoire, and the U.S. of course"
    assert [(m.code, text[m.start : m.end]) for m in find_territories(text)] == [
        ("CI", "Co\u0302te d’Ivoire"),
        ("US", "U.S."),
    ]


def test_groups_have_the_members_of_a_day() -> None:
    assert "GB" in members("EU", date(2020, 1, 31))
    assert "GB" not in members("EU", date(2020, 2, 1))
    assert len(members("EU", date(2024, 7, 1))) == 27
    assert members("EEA", date(2024, 7, 1)) - members("EU", date(2024, 7, 1)) == {"IS", "LI", "NO"}
    with pytest.raises(KeyError):
        members("ASEAN", date(2024, 1, 1))


def test_labels_do_not_take_sides_and_fall_back_to_english() -> None:
    assert territory_name("HK") == "Hong Kong"
    assert territory_name("CN", "fr") == "Chine"
    assert territory_name("TW", "zh") == "台湾"
    assert territory_name("UA-43", "fr") == "Crimée"
    assert territory_name("DE", "zz") == "Germany"
    assert territory_name("QQ") == "QQ"


def test_codes_and_labels_of_regions() -> None:
    assert all(is_code(code) for code in ("US", "XK", "UA-43", "EU", "EEA", "US-CA"))
    assert not any(is_code(code) for code in ("MI", "UK", "ZZ", "us", "", "UA43"))
    assert is_region_label("Europe")
    assert not is_region_label("France")
    assert len(revision()) == 16


def test_no_disagreement_with_an_independent_gazetteer() -> None:
    """rigour knows other names; where it gives a country for one of ours, it must be the same."""
    territories = pytest.importorskip("rigour.territories", reason="rigour is a development dependency")
    from store.territory_names import names

    wrong = []
    for name, codes in names().display.items():
        found = territories.lookup_territory(name)
        theirs = getattr(found, "code", None)
        if theirs and len(codes) == 1 and len(theirs) == 2 and len(codes[0]) == 2 and theirs != codes[0].lower():
            wrong.append((name, codes[0], theirs))
    assert [row for row in wrong if row[0] not in ORACLE_DIFFERS] == []


# Names where the other gazetteer means another thing, looked at one by one.
ORACLE_DIFFERS = {
    "Zaire",  # rigour answers with the former country (ZR), we with what it is today
    "Guyane",  # French for French Guiana; rigour takes it for Guyana
    "سانت مارتن",  # CLDR: the Dutch part; rigour: the French part
}


def test_a_group_is_kept_as_published_and_answers_for_its_members_of_the_day() -> None:
    span = Span(0, 0, 14, "European Union")
    fact = Availability("EU", "The API", Status.LISTED, "European Union", span)
    before, after = (expand(fact, day) for day in (date(2020, 1, 31), date(2020, 2, 1)))
    assert before[0] == after[0] == fact
    assert {one.territory for one in before} - {one.territory for one in after} == {"GB"}
    assert {one.name for one in after} == {"European Union"}
    assert len(after) == 1 + 27
    assert covers(fact, "FR", date(2024, 7, 9))
    assert not covers(fact, "GB", date(2024, 7, 9))
    japan = replace(fact, territory="JP")
    assert expand(japan, date(2024, 7, 9)) == (japan,)
    assert not covers(japan, "EU", date(2024, 7, 9))


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("EEA, UK and Switzerland", ("EEA", "GB", "CH")),
        ("EU/EEA", ("EU", "EEA")),
        ("Cocos (Keeling) Islands", ("CC",)),
        ("Kokosinseln (Cocos (Keeling) Islands)", ("CC",)),
        ("United States, The", ("US",)),
        ("France and Spain", ()),
    ],
)
def test_several_in_one_entry(name: str, codes: tuple[str, ...]) -> None:
    assert territory_codes(name) == codes


def test_a_language_beyond_the_twelve_is_known_where_it_is_declared() -> None:
    assert territory_codes("Łotwa") == ()
    assert territory_codes("Łotwa", "pl") == territory_codes("LOTWA", "pl") == ("LV",)
    assert territory_codes("ऑस्ट्रिया", "hi") == ("AT",)
    assert territory_codes("ऑस्ट्रेलिया", "hi-IN") == ("AU",)
    assert [one.code for one in find_territories("Dostępne: Polska i Kongo.", "pl")] == ["PL", "CG"]
    assert territory_codes("France", "xx-unknown") == ("FR",)


def test_words_that_are_also_names_count_in_enumerations_only() -> None:
    assert [one.code for one in find_territories("Réunion du conseil en France")] == ["FR"]
    assert [one.code for one in find_territories("France, Spain and Réunion")] == ["FR", "ES", "RE"]
    assert find_territories("THE SERVICES ARE PROVIDED. Lake Chad, the Niger Delta and New Jersey.") == ()
