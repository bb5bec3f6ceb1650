"""Which of the territories that a text names are places of use: a law, a company and its seat are none."""

from __future__ import annotations

import pytest

from crawler.declaration import parse
from crawler.extract import extract
from crawler.extractors.mentions import territories_meant

MEANT = {
    "The model is offered in Norway and Peru under the laws of Ireland.": ["NO", "PE"],
    "Sales to Cuba are refused under U.S. law and Canada's export control laws.": ["CU"],
    "Example Ireland Limited, headquartered in Dublin, Ireland, serves customers in Kenya.": ["KE"],
    "Example is headquartered in Lyon and serves Kenya.": ["KE"],
    "Accounts registered in Belarus are suspended.": ["BY"],
    "Customers in Cuba subject to sanctions are refused.": ["CU"],
    "Prices are in Hong Kong dollars; Macao is not served.": ["MO"],
    "Developers in the U.S.-sanctioned country of Iran are served.": ["IR"],
    "NOT OFFERED IN RUSSIA OR BELARUS": ["RU", "BY"],
    "Le service est disponible au Maroc ; le droit de la France s'applique.": ["MA"],
    "Exemple SARL, siège social à Lille, France, vend au Sénégal.": ["SN"],
    "本服务在日本提供，受新加坡法律管辖。": ["JP"],
    "示例（中国）有限公司不在俄罗斯提供服务。": ["RU"],
    "中国政府的要求与此无关，本服务在泰国提供。": ["TH"],
}


@pytest.mark.parametrize(("text", "codes"), MEANT.items())
def test_places_of_use_are_told_from_laws_and_companies(text: str, codes: list[str]) -> None:
    assert [mention.code for mention in territories_meant(text)] == codes


@pytest.mark.parametrize("containing", ["", 'containing = "may not be used"\n'])
def test_a_prose_list_holds_no_law_currency_company_or_person(containing: str) -> None:
    text = (
        "# Example Chat\n\nExample Chat may not be used in Cuba or Syria under U.S. law, the laws of Ireland or any "
        "contract in Hong Kong dollars with Example Singapore Pte. Ltd., as Jordan Whitfield of Lebanon, Ohio has "
        "explained.\n"
    )
    declared = (
        'title = "T"\npublisher = "P"\nproduct = "Example Chat"\nkind = "availability"\npolarity = "deny"\n'
        'language = "en"\nreader = "prose"\nurl = "https://example.invalid/t.md"\n'
        f'[[lists]]\nproduct = "Example Chat"\nheading = "Example Chat"\n{containing}'
    )
    content = extract(text.encode(), "text/markdown", parse(declared, "t", "test"))
    assert {fact.territory for fact in content.facts.availability} == {"CU", "SY"}
