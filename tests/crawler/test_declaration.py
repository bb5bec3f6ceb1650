"""A declaration is refused with file, key and what is allowed; what is accepted says what was written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.declaration import (
    Declaration,
    DeclarationError,
    Expect,
    ProductList,
    Reader,
    declaration_files,
    from_fields,
    load,
    load_folders,
    parse,
)
from crawler.keys import quoted
from store.values import Polarity, SourceKind

LEAST = {
    "title": '"Example AI: countries"',
    "publisher": '"Example AI"',
    "product": '"Example API"',
    "kind": '"availability"',
    "url": '"https://example.com/countries"',
}
TERMS = {"kind": '"terms"', "product": None}
FEED = {"kind": '"feed"', "product": None}


def written(changes: Mapping[str, str | None] | None = None, tail: str = "") -> str:
    keys = {**LEAST, **(changes or {})}
    return "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None) + tail


def refusal(changes: Mapping[str, str | None] | None = None, tail: str = "") -> DeclarationError:
    with pytest.raises(DeclarationError) as caught:
        parse(written(changes, tail), "example", "sources/example.toml")
    return caught.value


def test_the_example_of_the_design_reads_as_written() -> None:
    text = """
title     = "Example AI: supported countries and territories"
publisher = "Example AI"
product   = "Example API"
kind      = "availability"
language  = "en"
url       = "https://example.com/docs/supported-countries"
every     = "1h"
select    = "main article"
remove    = ["nav", ".last-updated"]

[expect]
territories = { min = 120, max = 240, include = ["US", "GB", "JP"] }
"""
    assert parse(text, "example-api-countries", "example-api-countries.toml") == Declaration(
        slug="example-api-countries",
        title="Example AI: supported countries and territories",
        publisher="Example AI",
        product="Example API",
        kind=SourceKind.AVAILABILITY,
        polarity=Polarity.ALLOW,
        language="en",
        url="https://example.com/docs/supported-countries",
        every=timedelta(hours=1),
        select=("main article",),
        remove=("nav", ".last-updated"),
        reader=Reader.AUTO,
        expect=Expect(territories_min=120, territories_max=240, include=("US", "GB", "JP")),
        source_text=text,
    )


def test_what_is_left_out_has_a_plain_meaning() -> None:
    found = parse(written(), "example", "here")
    assert (found.language, found.polarity, found.reader, found.enabled) == ("en", "allow", "auto", True)
    assert found.every == timedelta(hours=6)
    assert found.expect == Expect()
    assert found.host == "example.com"


def test_host_is_lower_case_without_port() -> None:
    assert parse(written({"url": '"https://WWW.Example.com:8443/a"'}), "a", "a").host == "www.example.com"


@pytest.mark.parametrize("missing", ["title", "publisher", "product", "kind", "url"])
def test_a_missing_key_is_named(missing: str) -> None:
    error = refusal({missing: None})
    assert error.key == missing
    assert str(error).startswith(f"sources/example.toml: {missing}: is missing; allowed: ")


@pytest.mark.parametrize(
    ("tail", "key", "words"),
    [
        ("polarty = 'deny'", "polarty", "did you mean 'polarity'?"),
        ("URL = 'x'", "URL", "did you mean 'url'?"),
        ("zzz = 1", "zzz", "is not a key; allowed: title, publisher"),
        ("[expect]\nterritory = {min = 1}", "expect.territory", "did you mean 'territories'?"),
        ("[expect]\nterritories = {minimum = 1}", "expect.territories.minimum", "did you mean 'min'?"),
        ("[[lists]]\nproduct = 'A'\nheadline = 'B'", "lists[0].headline", "did you mean 'heading'?"),
        ("[expect]\nnotices = {min = 1}", "expect.notices", "does not fit kind 'availability'; allowed: territories"),
        ("[expect]\nterritories = {min = true}", "expect.territories.min", "is the truth value true"),
        ("[expect]\nterritories = {min = -1}", "expect.territories.min", "a whole number, 0 or more"),
        ("[expect]\nterritories = {min = 9, max = 8}", "expect.territories.max", "9 (the min) or more"),
        ("[expect]\nterritories = 120", "expect.territories", "is the number 120; allowed: a table {"),
        ("[expect]\nterritories = {include = ['Norway']}", "expect.territories.include", "holds 'Norway'"),
        ("[expect]\nterritories = {include = ['no']}", "expect.territories.include", "holds 'no'"),
        ("[expect]\nterritories = {include = [578]}", "expect.territories.include", "holds the number 578"),
        ("[expect]\nmax_removed = '10'", "expect.max_removed", "is '10'"),
        ("[expect]\nmarker = ''", "expect.marker", "is empty"),
        ("expect = 3", "expect", "is the number 3; allowed: a table [expect]"),
        ("enabled = 'no'", "enabled", "true or false, without quotes"),
        ("reader = 'feed'", "reader", "'feed' does not read kind 'availability'; allowed: auto, list, prose, regions"),
        ("reader = 'magic'", "reader", "allowed: auto, list, prose, regions, federal_register, feed, links, terms"),
        ("polarity = 'both'", "polarity", "allowed: allow, deny"),
        ("topics = ['AI']", "topics", "does not fit kind 'availability'"),
        ("lists = 'A'", "lists", "is 'A'"),
        ("[[lists]]\nproduct = 'A'", "lists[0].heading", "heading, containing, or both"),
        ("[[lists]]\nheading = 'A'", "lists[0].product", "is missing"),
        ("select = 'main >'", "select", "'main >' is no CSS selector"),
        ("remove = ['nav', 3]", "remove", "holds the number 3"),
        ("every = '0s'", "every", '"1s" to "52w"'),
        ("every = '4 m'", "every", "is '4 m'"),
        ("every = '53w'", "every", "is '53w'"),
        ("every = '999999w'", "every", "is '999999w'"),
        ("every = '1.5h'", "every", "is '1.5h'"),
        ("every = '٣h'", "every", "is '٣h'"),
        ("every = 6", "every", "is the number 6; allowed: text in quotes"),
        ("language = 'English'", "language", '"zh-Hant"'),
        ("[expect]\nterritories = {include = ['ZZ']}", "expect.territories.include", "holds 'ZZ'"),
        ("jurisdiction = 'UK'", "jurisdiction", "is 'UK'"),
        ("jurisdiction = 'usa'", "jurisdiction", "is 'usa'"),
    ],
)
def test_a_wrong_key_is_refused_by_name(tail: str, key: str, words: str) -> None:
    error = refusal(tail=tail)
    assert error.key == key
    assert words in str(error)
    assert str(error).startswith(f"sources/example.toml: {key}: ")
    assert "; allowed: " in str(error)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "example.com", "file:///etc/passwd", "https://", "https://user:secret@example.com/",
     "https://example.com/a b", "https://[::1", "https://example.com:99999/", "javascript:alert(1)"],
)  # fmt: skip
def test_an_address_that_cannot_be_watched_is_refused(url: str) -> None:
    error = refusal({"url": f"'{url}'"})
    assert error.key == "url"
    assert "allowed: an http or https address" in str(error)


def test_the_kinds_are_listed_when_one_is_wrong() -> None:
    assert "kind: is 'list'; allowed: availability, terms, docket, feed" in str(refusal({"kind": '"list"'}))


@pytest.mark.parametrize("kind", [TERMS, FEED])
def test_other_kinds_need_no_product_and_have_no_lists(kind: Mapping[str, str | None]) -> None:
    assert parse(written(kind), "a", "a").product is None
    assert refusal(kind, "[[lists]]\nproduct = 'A'\nheading = 'B'").key == "lists"


def test_norway_without_quotes_is_a_syntax_error_with_its_line() -> None:
    error = refusal(tail="[expect]\nterritories = { include = [US, NO] }")
    assert error.key.startswith("line 7, column ")
    assert 'allowed: TOML 1.0, texts in quotes: "NO", not NO' in str(error)
    assert parse(written(tail='[expect]\nterritories={include=["NO"]}'), "a", "a").expect.include == ("NO",)


def test_an_unfinished_text_is_a_syntax_error() -> None:
    assert str(refusal({"title": '"no end'})).startswith("sources/example.toml: line 1, column ")


def test_areas_and_kosovo_are_territories() -> None:
    tail = '[expect]\nterritories = { include = ["UA-43", "XK"] }'
    assert parse(written(tail=tail), "a", "a").expect.include == ("UA-43", "XK")


def test_several_products_on_a_page() -> None:
    tail = '[[lists]]\nproduct = "A"\nheading = "For A"\n[[lists]]\nproduct = "B"\ncontaining = "may not"\n'
    found = parse(written({"product": None, "polarity": '"deny"'}, tail), "a", "a")
    assert found.lists == (ProductList("A", heading="For A"), ProductList("B", containing="may not"))


@pytest.mark.parametrize("slug", ["", "-a", "a b", "a/b", "é", "a" * 121])
def test_a_file_name_must_be_a_slug(slug: str) -> None:
    with pytest.raises(DeclarationError, match=r"file name: .* is no slug"):
        parse(written(), slug, "here")


def test_a_file_is_read_with_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_bytes(b"\xef\xbb\xbf" + written().replace("\n", "\r\n").encode())
    assert load(path).slug == "example"


def test_a_file_that_is_not_text_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_bytes(b'title = "caf\xe9"')
    with pytest.raises(DeclarationError, match=r"example\.toml: file: byte 12 is not UTF-8"):
        load(path)
    with pytest.raises(DeclarationError, match=r"none\.toml: file: No such file"):
        load(tmp_path / "none.toml")


def test_folders_are_read_by_slug_and_a_slug_met_twice_is_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (one / "b.toml").write_text(written())
    (two / "a.toml").write_text(written())
    (two / "notes.txt").write_text("not a declaration")
    assert [found.slug for found in load_folders([one, two])] == ["a", "b"]
    (two / "b.toml").write_text(written())
    with pytest.raises(DeclarationError) as caught:
        load_folders([one, two])
    assert str(two / "b.toml") in str(caught.value)
    assert str(one / "b.toml") in str(caught.value)
    with pytest.raises(DeclarationError, match="folder: is not a folder"):
        declaration_files([tmp_path / "three"])


def test_a_capture_becomes_a_declaration() -> None:
    made = from_fields(
        {
            "slug": "example-list",
            "publisher": "Example AI",
            "product": "Example API",
            "kind": "availability",
            "polarity": "deny",
            "url": "https://example.com/list",
            "captured_at": "2024-07-09T00:00:00+00:00",
            "status": 200,
            "headers": {"content-type": "text/html"},
        }
    )
    assert (made.slug, made.title, made.publisher, made.product) == (
        "example-list",
        "Example API",
        "Example AI",
        "Example API",
    )
    assert (made.kind, made.polarity) == (SourceKind.AVAILABILITY, Polarity.DENY)
    assert parse(made.source_text, made.slug, "again") == made


def test_a_capture_that_says_little_takes_host_and_slug() -> None:
    made = from_fields({"url": "https://example.com/legal/terms/"})
    assert (made.slug, made.publisher, made.title) == (
        "example.com-legal-terms",
        "example.com",
        "example.com-legal-terms",
    )
    assert made.kind is SourceKind.TERMS
    lost = from_fields({"slug": "lost page", "title": "Lost", "kind": "terms", "url": None, "publisher": None})
    assert (lost.slug, lost.url) == ("lost-page", "https://no-address.invalid/lost-page")
    assert lost.publisher == "no-address.invalid"


def test_addresses_that_differ_in_their_query_are_different_sources() -> None:
    slugs = {from_fields({"url": f"https://example.com/terms{query}"}).slug for query in ("", "?hl=en", "?hl=fr")}
    assert len(slugs) == 3
    assert len(from_fields({"url": "https://example.com/" + "a" * 400}).slug) <= 120


def test_a_capture_whose_address_cannot_be_read_is_refused() -> None:
    with pytest.raises(DeclarationError, match="url: is 'http://\\[::1'"):
        from_fields({"url": "http://[::1"})


def test_a_capture_with_a_wrong_field_is_refused_by_name() -> None:
    with pytest.raises(DeclarationError, match="capture a: kind: is 'page'"):
        from_fields({"slug": "a", "url": "https://example.com/", "kind": "page"})


@given(title=st.text(min_size=1), publisher=st.text(), slug=st.text(), language=st.sampled_from(["en", "zh-Hant"]))
def test_any_capture_survives_the_way_through_toml(title: str, publisher: str, slug: str, language: str) -> None:
    fields = {"title": title, "publisher": publisher, "slug": slug, "language": language}
    made = from_fields({**fields, "url": 'https://example.com/é?a="b"', "kind": "terms"})
    assert parse(made.source_text, made.slug, "again") == made
    made.source_text.encode()


@given(st.text())
def test_a_quoted_text_reads_back(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}")["a"] == text.encode("utf-8", "replace").decode()


TIMED = 'title = "T"\npublisher = "P"\nkind = "terms"\nurl = "https://example.com/t"\nevery = "4h"\n'


def test_bounds_of_the_interval_and_hints_are_read():
    from crawler.declaration import parse

    read = parse(TIMED + 'every_min = "1h"\nevery_max = "10h"\nhints = ["inspection-list"]\n', "t", "t.toml")
    assert (read.every_min, read.every_max, read.hints) == (
        timedelta(hours=1), timedelta(hours=10), ("inspection-list",),
    )  # fmt: skip


@pytest.mark.parametrize("line", ['every_min = "5h"', 'every_max = "3h"', 'every_max = "11h"', "hints = [1]"])
def test_an_interval_beyond_the_promise_is_refused(line):
    from crawler.declaration import DeclarationError, parse

    with pytest.raises(DeclarationError, match=line.split()[0]):
        parse(f"{TIMED}{line}\n", "t", "t.toml")
