"""Where a territory's name is part of something else, and where it is the territory although it looks like that."""

from __future__ import annotations

import pytest

from store.territory import find_territories

NOT_NAMED = [
    # currencies
    "Invoices are issued in U.S. dollars.",
    "Balances in Hong Kong dollars or Jamaica dollars are converted monthly.",
    "The plan costs US$ 20 a month.",
    "Les montants sont exprimés en dollars des États-Unis ou en dollars de Singapour.",
    "费用以新加坡元或加拿大元结算。",
    # languages and provinces
    "本文件另有日本語和中国語版本。",
    "公司位于乔治亚州。",
    "Île-de-France Découvertes publie ces données.",
    # the US state
    "This agreement is governed by Georgia law.",
    "The State of Georgia and the Georgia Attorney General may sue.",
    "Les tribunaux de l'État de Géorgie sont compétents.",
    "A depot near Trenton, New Jersey.",
    # towns
    "Our warehouse in Mexico, Missouri, is closed.",
    "The branch in Lebanon, Ohio moved.",
    "Write to us in Paris, Texas.",
    # persons
    "Jordan Whitfield signs for the provider.",
    "Please ask Mr. Jordan or Ms. Georgia.",
    "The keynote was given by Chad Ferris.",
    # the pronoun in a line of capitals
    "SOFTWARE OWNED OR CONTROLLED BY US",
    "THE FEES THAT YOU HAVE PAID TO US IN THE LAST YEAR",
    "NOTHING IN THIS SECTION OBLIGES US TO REPLY",
]
NAMED = {
    "Use must comply with U.S. law.": ["US"],
    "The laws of Ireland apply.": ["IE"],
    "Example Ireland Limited is the controller.": ["IE"],
    "IN THE US, THIS SECTION DOES NOT APPLY": ["US"],
    "US GOVERNMENT CUSTOMERS HAVE OTHER RIGHTS": ["US"],
    "OFFERED IN CANADA, US AND MEXICO": ["CA", "US", "MX"],
    "NOT OFFERED IN RUSSIA AND THE US": ["RU", "US"],
    "South Korea won a second term as host.": ["KR"],
    "People in Brazil, California, Canada and Japan": ["BR", "CA", "JP"],
    "Armenia and Georgia were added.": ["AM", "GE"],
    "The service opens in Jordan, Chad and Georgia.": ["JO", "TD", "GE"],
    "Le service ouvre en Géorgie.": ["GE"],
    'Users in the European Economic Area ("EEA") or Norway': ["EEA", "NO"],
    "Peru (and Peru again)": ["PE", "PE"],
    "日本语言模型在新加坡提供。": ["JP", "SG"],
}


@pytest.mark.parametrize("text", NOT_NAMED)
def test_a_name_that_is_part_of_something_else_is_no_territory(text: str) -> None:
    assert find_territories(text) == ()


@pytest.mark.parametrize(("text", "codes"), NAMED.items())
def test_a_territory_is_named_although_words_beside_it_look_like_something_else(text: str, codes: list[str]) -> None:
    assert [mention.code for mention in find_territories(text)] == codes
