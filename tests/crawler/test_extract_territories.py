"""Territory lists become availability facts: conditions kept, unknown names reported, nothing invented."""

from __future__ import annotations

import json

import pytest

from crawler.declaration import Declaration, parse
from crawler.extract import Unextractable, extract
from store.values import Availability, Content, Status

HTML = "text/html; charset=utf-8"


def declared(more: str = "", kind: str = "availability", language: str = "en") -> Declaration:
    text = (
        f'title = "Example"\npublisher = "Example AI"\nkind = "{kind}"\nlanguage = "{language}"\n'
        f'url = "https://example.com/list"\n{more}'
    )
    if kind == "availability":
        text = text.replace("publisher", 'product = "Example API"\npublisher', 1)
    return parse(text, "example", "test")


def read(page: str, more: str = "", content_type: str = HTML) -> Content:
    content = extract(page.encode(), content_type, declared(more))
    for fact in content.facts.availability:
        span = fact.span
        assert content.passages[span.passage].text[span.start : span.end] == span.text
    for span in content.facts.unknown:
        assert content.passages[span.passage].text[span.start : span.end] == span.text
    return content


def facts(content: Content) -> dict[str, Availability]:
    return {fact.territory: fact for fact in content.facts.availability}


def items(*names: str) -> str:
    return "<ul>" + "".join(f"<li>{name}</li>" for name in names) + "</ul>"


def test_a_list_is_read_and_what_stands_around_it_is_not() -> None:
    page = (
        "<html><body><nav><ul><li>Jersey</li><li>Chad</li><li>Georgia</li></ul></nav><main><h1>Supported</h1>"
        f"<p>Our offices are in France, Japan and Chile.</p>{items('Albania', 'Algeria', 'Côte d’Ivoire')}"
        "<ul><li>Billing in Jersey and Guernsey</li><li>Team spotlight: Chad Jordan</li></ul></main>"
        "<footer><ul><li>Spain</li><li>Italy</li><li>Peru</li></ul></footer></body></html>"
    )
    content = read(page)
    assert set(facts(content)) == {"AL", "DZ", "CI"}
    assert facts(content)["CI"].name == "Côte d’Ivoire"
    assert all(fact.status is Status.LISTED and fact.product == "Example API" for fact in facts(content).values())
    assert content.facts.unknown == ()


@pytest.mark.parametrize(
    ("entry", "condition"),
    [
        ("Ukraine (with certain exceptions)", "with certain exceptions"),
        (
            "Ukraine (except Crimea, Donetsk, and Luhansk regions)",
            "except Crimea, Donetsk, and Luhansk regions",
        ),
        ("Ukraine – excluding Crimea", "excluding Crimea"),
        ("Ukraine, except occupied areas", "except occupied areas"),
        ("Ukraine: paid tier only", "paid tier only"),
        ("Ukraine*", "Not in Crimea."),
        ("Ukraine†", "†"),
        ("Ukraine（部分地区除外）", "部分地区除外"),
        ("Ukraine (Ukrayina)", None),
        ("Ukraine (UA)", None),
    ],
)
def test_a_condition_is_kept_word_for_word(entry: str, condition: str | None) -> None:
    content = read(f"<main>{items('Albania', entry, 'Spain', 'Malta')}<p>* Not in Crimea.</p></main>")
    fact = facts(content)["UA"]
    assert fact.name.startswith("Ukraine")
    assert "*" not in fact.name
    assert fact.status is (Status.RESTRICTED if condition else Status.LISTED)
    assert (fact.condition or "").rstrip(".") == (condition or "").rstrip(".")
    assert set(facts(content)) == {"AL", "UA", "ES", "MT"}


def test_brackets_that_belong_to_the_name_are_no_condition() -> None:
    names = ("Congo (DRC)", "Congo (Brazzaville)", "Czechia (Czech Republic)", "Holy See (Vatican City)")
    found = facts(read(f"<main>{items(*names, 'Cocos (Keeling) Islands', 'Antarctica (Antarktika)')}</main>"))
    assert set(found) == {"CD", "CG", "CZ", "VA", "CC", "AQ"}
    assert all(fact.condition is None for fact in found.values())


def test_two_bullets_of_one_country_are_one_fact() -> None:
    assert set(facts(read(f"<main>{items('Benin', 'Bosnia', 'Herzegovina', 'Chile')}</main>"))) == {"BJ", "BA", "CL"}


def test_an_unknown_name_is_reported_and_is_no_territory() -> None:
    content = read(f"<main>{items('Albania', 'Wakanda', 'Spain', 'Malta', 'Europe', 'A')}</main>")
    assert set(facts(content)) == {"AL", "ES", "MT"}
    assert [span.text for span in content.facts.unknown] == ["Wakanda"]


def test_a_deny_list_excludes() -> None:
    content = read(f"<main>{items('Cuba', 'Iran', 'Crimea/Sevastopol', 'Syria')}</main>", 'polarity = "deny"')
    assert set(facts(content)) == {"CU", "IR", "UA-43", "UA-40", "SY"}
    assert {fact.status for fact in content.facts.availability} == {Status.EXCLUDED}


def test_a_list_under_unsupported_on_an_allow_page_excludes() -> None:
    page = (
        f"<main><h2>Supported countries</h2>{items('Albania', 'Spain', 'Malta')}"
        f"<h2>Unsupported countries</h2>{items('Cuba', 'Iran', 'Syria')}</main>"
    )
    found = facts(read(page))
    assert {code for code, fact in found.items() if fact.status is Status.LISTED} == {"AL", "ES", "MT"}
    assert {code for code, fact in found.items() if fact.status is Status.EXCLUDED} == {"CU", "IR", "SY"}


def test_sections_name_their_products() -> None:
    page = (
        f"<main><h2>API</h2>{items('Albania', 'Spain', 'Malta')}"
        f"<h2>Chat app</h2>{items('Spain', 'Peru')}<h2>Elsewhere</h2>{items('Cuba', 'Iran', 'Syria')}</main>"
    )
    lists = '[[lists]]\nproduct = "The API"\nheading = "API"\n[[lists]]\nproduct = "The app"\nheading = "Chat app"\n'
    found = {(fact.product, fact.territory) for fact in read(page, lists).facts.availability}
    assert found == {("The API", c) for c in ("AL", "ES", "MT")} | {("The app", c) for c in ("ES", "PE")}


LAYOUTS = {
    "table": "<table><tr><th>Country</th><th>Code</th></tr><tr><td>Albania</td><td>AL</td></tr><tr><td>Norway</td>"
    "<td>NO</td></tr><tr><td>Chile</td><td>CL</td></tr></table>",
    "second column": "<table><tr><th>Area</th><th>Country</th></tr><tr><td>North</td><td>Albania</td></tr><tr>"
    "<td>North</td><td>Norway</td></tr><tr><td>South</td><td>Chile</td></tr></table>",
    "accordion": "<details><summary>Europe</summary><ul><li>Albania</li><li>Norway</li></ul></details><details hidden>"
    "<summary>Americas</summary><div hidden><ul><li>Chile</li></ul></div></details>"
    "<h2>More</h2><ul><li>Albania</li><li>Norway</li><li>Chile</li></ul>",
    "divs": "<div><div>Albania</div><div>Norway</div><div>Chile</div></div>",
    "line breaks": "<p>Albania<br>Norway<br/>Chile</p>",
    "comma list": "<p>Albania, Norway, and Chile.</p>",
    "comma list behind a colon": "<p>Available in: Albania, Norway and Chile</p>",
    "comma list in a cell": "<table><tr><td>All of these</td><td>Albania, Norway, Chile</td></tr>"
    "<tr><td>None</td><td>-</td></tr></table>",
    "roles": "<div role=list><div role=listitem>Albania</div><div role=listitem>Norway</div>"
    "<div role=listitem>Chile</div></div>",
}


@pytest.mark.parametrize("page", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layouts_of_one_list_give_one_set(page: str) -> None:
    assert set(facts(read(f"<body><main>{page}</main></body>"))) == {"AL", "NO", "CL"}


def test_prose_that_names_countries_is_no_list() -> None:
    page = "<main><p>We have offices in France, Germany, Italy, Spain, Portugal, Austria and Poland.</p></main>"
    assert facts(read(page)) == {}


def test_bare_codes_are_read_only_where_every_entry_is_one() -> None:
    assert set(facts(read(json.dumps({"countries": ["NO", "IN", "AL", "CL"]}), "", "application/json"))) == {
        "NO",
        "IN",
        "AL",
        "CL",
    }
    assert set(facts(read(f"<main>{items('NO', 'IN', 'AL', 'US')}</main>"))) == {"NO", "IN", "AL", "US"}
    assert facts(read(f"<main>{items('NO', 'YES', 'Maybe', 'IN')}</main>")) == {}


def test_json_objects_are_rows() -> None:
    body = json.dumps([{"name": "Albania", "tier": "free"}, {"name": "Norway", "tier": "paid"}, {"name": "Chile"}])
    assert set(facts(read(body, "", "application/json"))) == {"AL", "NO", "CL"}
    with pytest.raises(Unextractable, match="no JSON"):
        read(body[:-20], "", "application/json")


def test_a_selector_chooses_and_a_missing_one_is_told() -> None:
    page = (
        f"<body><div id=a>{items('Albania', 'Norway', 'Chile')}</div>"
        f"<div id=b>{items('Cuba', 'Iran', 'Syria')}</div></body>"
    )
    assert set(facts(read(page, 'select = "#a"'))) == {"AL", "NO", "CL"}
    assert set(facts(read(page, 'remove = ["#b"]'))) == {"AL", "NO", "CL"}
    with pytest.raises(Unextractable, match="nothing on the page matches"):
        read(page, 'select = "#missing"')


def test_order_spelling_and_layout_do_not_change_the_set() -> None:
    one = facts(read(f"<main>{items('Albania', 'Côte d’Ivoire', 'Türkiye')}</main>"))
    two = facts(read("# Supported\n\n* Turkey\n* Cote d'Ivoire\n* Albania\n", "", "text/markdown"))
    assert set(one) == set(two)


PROSE = """---
title: Trade controls
---

We worked to restore service in Iran and hope to do so in Syria.

### Server

Server may not be sold to, exported, or re-exported to any country listed in Country Group E:1 of the U.S. rules or to
the following regions of Ukraine: Crimea and the separatist areas of Donetsk and Luhansk. The countries listed
currently include Cuba, Iran, and North Korea, but this list is subject to change.

### Helper

Helper may not be sold to Russia, Belarus, and the following regions of Ukraine: Crimea/Sevastopol.

Helper is sold in France.
"""


def test_prose_denies_product_by_product() -> None:
    lists = "".join(
        f'[[lists]]\nproduct = "{name}"\nheading = "{name}"\ncontaining = "may not be sold"\n'
        for name in ("Server", "Helper", "Absent")
    )
    content = read(PROSE, 'polarity = "deny"\nreader = "prose"\n' + lists, "text/markdown")
    found: dict[str, set[str]] = {}
    for fact in content.facts.availability:
        found.setdefault(fact.product, set()).add(fact.territory)
        assert fact.status is Status.EXCLUDED
    assert found == {
        "Server": {"CU", "IR", "KP", "UA-43", "UA-14", "UA-09"},
        "Helper": {"RU", "BY", "UA-43", "UA-40"},
    }


@pytest.mark.parametrize(
    "head", ["[](https://a.example/x)", "[1](https://a.example) One", "[[a](b)](c)", "[![x](y)](z)"]
)
def test_markdown_that_begins_with_a_link_is_no_json(head: str) -> None:
    content = extract(f"{head}\n\nYou must not share it.\n".encode(), "text/markdown", declared(kind="terms"))
    assert content.passages[-1].text == "You must not share it."


def test_prose_grants_limits_and_refuses_sentence_by_sentence() -> None:
    text = (
        "<main><p>The API is not available to developers located in North Korea. It is generally available to "
        "developers located in Cuba. Users in Syria have limited access. Under U.S. law you must register. "
        "We will pause ads in every country except France.</p></main>"
    )
    found = facts(read(text, 'polarity = "deny"\nreader = "prose"\n'))
    assert {code: fact.status.value for code, fact in found.items()} == {
        "KP": "excluded",
        "CU": "listed",
        "SY": "restricted",
        "FR": "listed",
    }


def test_a_list_in_a_declared_language() -> None:
    page = "<main><ul><li>Łotwa</li><li>Węgry</li><li>Czad</li></ul></main>"
    content = extract(page.encode(), HTML, declared(language="pl"))
    assert set(facts(content)) == {"LV", "HU", "TD"}


def test_a_name_with_a_dash_does_not_swallow_the_entries_joined_to_it_by_and():
    listed = "Eslovênia, Egito, Congo - Kinshasa (CD) e São Pedro e Miquelão"
    html = f"<html><body><main><h1>API</h1><p>API: {listed}.</p></main></body></html>"
    declared = parse(
        'title = "L"\npublisher = "P"\nproduct = "API"\nkind = "availability"\nlanguage = "pt"\n'
        'url = "https://lists.invalid/list"\n',
        "list",
        "test",
    )
    content = extract(html.encode(), "text/html", declared)
    assert [fact.territory for fact in content.facts.availability] == ["SI", "EG", "CD", "PM"]
