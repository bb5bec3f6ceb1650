"""Pages become passages: what is text stays, what is furniture goes, and no input crashes the walk."""

from __future__ import annotations

import pytest

from crawler.declaration import parse
from crawler.extract import Unextractable, extract, recipe
from crawler.extractors.targets import target
from crawler.extractors.volatile import is_volatile
from store.values import Content, PassageKind

TERMS = 'title = "T"\npublisher = "P"\nkind = "terms"\nurl = "https://example.com/terms"\n'
HTML = "text/html; charset=utf-8"


def read(page: str | bytes, more: str = "", content_type: str | None = HTML) -> Content:
    body = page if isinstance(page, bytes) else page.encode()
    return extract(body, content_type, parse(TERMS + more, "t", "test"))


def texts(content: Content) -> list[str]:
    return [passage.text for passage in content.passages]


def test_passages_stand_under_their_headings() -> None:
    page = (
        "<main><h1>Terms</h1><p>One</p><h2>1. Use</h2><p>Two <b>bold</b>  text.</p><ul><li>Three</li><li><p>Four</p>"
        "</li></ul><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><img alt='yes'></td></tr></table>"
        "<h2>2. Law</h2><p>Five</p></main>"
    )
    found = [(p.kind, p.text, p.path) for p in read(page).passages]
    assert found == [
        (PassageKind.HEADING, "Terms", ()),
        (PassageKind.PARAGRAPH, "One", ("Terms",)),
        (PassageKind.HEADING, "1. Use", ("Terms",)),
        (PassageKind.PARAGRAPH, "Two bold text.", ("Terms", "1. Use")),
        (PassageKind.LIST_ITEM, "Three", ("Terms", "1. Use")),
        (PassageKind.LIST_ITEM, "Four", ("Terms", "1. Use")),
        (PassageKind.TABLE_ROW, "A | B", ("Terms", "1. Use")),
        (PassageKind.TABLE_ROW, "1 | yes", ("Terms", "1. Use")),
        (PassageKind.HEADING, "2. Law", ("Terms",)),
        (PassageKind.PARAGRAPH, "Five", ("Terms", "2. Law")),
    ]


def test_furniture_goes_and_hidden_bodies_stay() -> None:
    page = (
        "<body><header>Logo</header><nav>Menu</nav><div>Loose text</div><section hidden><p>Hidden note</p></section>"
        "<script>var a='not text'</script><style>p{}</style><noscript>No script</noscript><template>T</template>"
        "<aside>Related</aside><aside class='admonition note'>Not in Crimea</aside><button>Copy</button>"
        "<div>Text one<p>inside</p>text after</div><footer>Imprint</footer></body>"
    )
    assert texts(read(page)) == ["Loose text", "Hidden note", "Not in Crimea", "Text one", "inside", "text after"]


def test_an_empty_landmark_does_not_hide_a_full_body() -> None:
    page = f"<body><main><div></div></main><div><p>{'The whole text is here. ' * 20}</p></div></body>"
    assert texts(read(page)) == [("The whole text is here. " * 20).strip()]


def test_text_is_one_line_in_one_form() -> None:
    page = "<main><p>Cafe\u0301\u200b  au\n lait\u00ad\u00a0now</p></main>"
    assert texts(read(page)) == ["Café au lait now"]


def test_layout_tables_are_read_as_text() -> None:
    page = "<body><table><tr><td><h1>Title</h1><p>Text</p><ul><li>Item</li></ul></td><td>Side</td></tr></table></body>"
    assert texts(read(page)) == ["Title", "Text", "Item", "Side"]


def test_lines_of_a_long_block_are_passages() -> None:
    lines = [f"{n}. " + "This clause says something of its own. " * 3 for n in range(1, 7)]
    assert texts(read(f"<main><p>{'<br>'.join(lines)}</p></main>")) == [line.strip() for line in lines]
    assert texts(read("<main><p>One sentence<br>on two lines.</p></main>")) == ["One sentence on two lines."]


@pytest.mark.parametrize(
    "line",
    [
        "Updated: yesterday",
        "Updated: 3 days ago",
        "Updated: 40 minutes ago",
        "Last updated 2025-02-25 UTC.",
        "Last updated: SEP 23, 2024",
        "Was this helpful?",
        "5 min read",
        "Mis à jour le 3 janvier 2026",
        "Dernière mise à jour : il y a 3 jours",
        "更新日期：2023年10月12日",
        "3天前",
        "约5分钟阅读",
    ],
)
def test_lines_that_change_by_themselves_are_left_out(line: str) -> None:
    assert is_volatile(line)
    assert texts(read(f"<main><h1>T</h1><p>{line}</p><p>Text</p></main>")) == ["T", "Text"]


@pytest.mark.parametrize(
    "line",
    [
        "Updated Terms of Service",
        "Effective date: October 10, 2023",
        "Updated 2026-08-05 for Hong Kong",
        "Published guidelines",
        "You must answer within 3 days",
        "Updated: " + "sept" * 27,
    ],
)
def test_lines_that_say_something_are_kept(line: str) -> None:
    assert not is_volatile(line)


def test_links_lose_what_follows_readers() -> None:
    assert target("https://e.com/a?utm_source=x&id=3&fbclid=9&gclid=1&ref=home") == "https://e.com/a?id=3"
    assert target("/a;jsessionid=77?sid=9#part") == "/a#part"
    assert target("javascript:alert(1)") == target("#top") == ""
    assert target("../b?x=1", "https://e.com/a/c") == "https://e.com/b?x=1"
    page = '<main><p>See <a href="https://e.com/p?openaicom_referred=true&amp;v=2">policy</a></p></main>'
    assert read(page).passages[0].links == ("https://e.com/p?v=2",)


def test_addresses_scrambled_anew_in_every_answer_are_read() -> None:
    def page(key: int) -> str:
        code = bytes([key, *(letter ^ key for letter in b"help@e.com")]).hex()
        return (
            f'<main><p>Write to <a href="/cdn-cgi/l/email-protection#{code}">'
            f'<span class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</span></a> now</p></main>'
        )

    (passage,) = read(page(0x5A)).passages
    assert (passage.text, passage.links) == ("Write to help@e.com now", ("mailto:help@e.com",))
    assert read(page(0x5A)).fingerprint == read(page(0x77)).fingerprint
    assert target("/cdn-cgi/l/email-protection#zz") == ""


def test_deep_markup_is_read_or_refused_but_never_crashes() -> None:
    page = "<body><main>" + "<div><span>" * 10_000 + "deep text" + "</span></div>" * 10_000 + "<p>after</p></main>"
    assert texts(read(page)) == ["deep text", "after"]
    with pytest.raises(Unextractable, match="levels deep"):
        read("<ul><li>" * 10_000 + "x")


def test_comments_cannot_slow_the_reading() -> None:
    assert texts(read("<!-- a -->" * 3000 + "<p>Text</p>")) == ["Text"]


@pytest.mark.parametrize(
    ("body", "content_type", "language"),
    [
        ("<p>中国大陆</p>".encode("gb2312"), "text/html; charset=gb2312", "zh"),
        ('<meta charset="gb2312"><p>中国大陆</p>'.encode("gb2312"), "text/html", "zh"),
        ('<meta charset="gbk"><p>中国大陆</p>'.encode("gb18030"), "text/html; charset=utf-8", "zh"),
        ("<p>中国大陆</p>".encode("gb18030"), "text/html", "zh"),
        (b"\xef\xbb\xbf<p>\xe4\xb8\xad\xe5\x9b\xbd\xe5\xa4\xa7\xe9\x99\x86</p>", "text/html; charset=latin-1", "en"),
        ("\ufeff<p>中国大陆</p>".encode("utf-16-le"), "text/html", "en"),
        ("<p>中国大陆</p>".encode(), "text/html; charset=iso-8859-1", "en"),
        ("<p>中国大陆</p>".encode(), "text/html; charset=nonsense", "en"),
    ],
)
def test_wrong_and_missing_charsets_are_seen_through(body: bytes, content_type: str, language: str) -> None:
    assert texts(read(body, f'language = "{language}"\n', content_type)) == ["中国大陆"]


def test_western_bytes_are_not_taken_for_chinese() -> None:
    assert texts(read("<p>Crimée été</p>".encode("cp1252"), 'language = "fr"\n', "text/html")) == ["Crimée été"]


@pytest.mark.parametrize(
    "body",
    [
        bytes(range(256)) * 40,
        b"%PDF-1.7 ...",
        b"PK\x03\x04....",
        b"\x89PNG\r\n",
        b"\x00\x01\x02\x03" * 500,
        b"",
        b" \n",
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(Unextractable, match=r"not text|empty"):
        read(body)


def test_markdown_is_read_without_front_matter() -> None:
    page = (
        "---\nsource: mirror\nfetched_at: 2026-08-13\n---\n\n---\ntitle: T\nlist:\n  - a\n---\n\n# Head\n\nText with "
        "[a link](/x?utm_source=y).\n\n| A | B |\n|---|---|\n| 1 | ✅ |\n\n<details>"
        "<summary>More</summary><p>In</p></details>\n"
    )
    content = read(page, "", "text/markdown")
    assert texts(content) == ["Head", "Text with a link.", "A | B", "1 | ✅", "More", "In"]
    assert content.passages[1].links == ("/x",)
    assert content.passages[3].cells == ("1", "✅")
    twin = parse(TERMS.replace("/terms", "/terms.md"), "t", "test")
    assert extract(page.split("<details>")[0].encode(), HTML, twin).passages[0].kind is PassageKind.HEADING


def test_a_thematic_break_is_no_front_matter() -> None:
    assert texts(read("---\n\nText one\n\n---\n\nText two\n", "", "text/markdown")) == ["Text one", "Text two"]


def test_the_recipe_changes_with_what_influences_reading_only() -> None:
    plain = parse(TERMS, "t", "test")
    assert recipe(plain) == recipe(parse(TERMS + 'every = "2h"\n', "other", "test"))
    assert recipe(plain) != recipe(parse(TERMS + 'select = "main"\n', "t", "test"))


def test_the_same_bytes_read_the_same_twice() -> None:
    page = "<main><h1>T</h1><ul><li>Cuba</li><li>Iran</li><li>Syria</li></ul></main>"
    assert read(page).fingerprint == read(page).fingerprint
