"""Feeds and HTML news lists become entries: by link, times in UTC, territories and topics found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.declaration import Declaration, parse
from crawler.extract import Unextractable, extract
from store.values import Content, Entry


def declared(more: str = "", reader: str = "feed", language: str = "en") -> Declaration:
    text = (
        f'title = "T"\npublisher = "P"\nkind = "feed"\nlanguage = "{language}"\nreader = "{reader}"\n'
        f'url = "https://news.example/list/"\n{more}'
    )
    return parse(text, "feed", "test")


def rss(*items: str) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{"".join(items)}</channel></rss>'.encode()


ITEM = (
    "<item><title>OpenAI to block users in China &amp; Hong Kong</title>"
    "<link>https://news.example/a?utm_source=rss</link>"
    "<description>&lt;p&gt;From 9 July, &lt;b&gt;API&lt;/b&gt; traffic.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;"
    "</description><pubDate>Tue, 25 Jun 2024 08:30:00 +0800</pubDate></item>"
)


def entries(content: Content) -> tuple[Entry, ...]:
    for entry in content.facts.entries:
        passage = content.passages[entry.span.passage]
        assert passage.text[entry.span.start : entry.span.end] == entry.span.text == entry.title
    return content.facts.entries


def test_an_item_is_an_entry() -> None:
    topics = 'topics = ["api", "AI", "Hong Kong", "outbound investment"]\n'
    (entry,) = entries(extract(rss(ITEM), "application/rss+xml", declared(topics)))
    assert entry.link == "https://news.example/a"
    assert entry.title == "OpenAI to block users in China & Hong Kong"
    assert entry.summary == "From 9 July, API traffic."
    assert entry.published == datetime(2024, 6, 25, 0, 30, tzinfo=UTC)
    assert entry.territories == ("CN", "HK")
    assert entry.topics == ("api", "Hong Kong")
    assert entry.language == "en"


def test_atom_is_read_and_links_are_made_absolute() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title><entry><title type="html">One &lt;i&gt;title'
        b'&lt;/i&gt;</title><link href="/x"/><id>1</id><updated>2024-07-09T15:11:00Z</updated></entry></feed>'
    )
    (entry,) = entries(extract(body, "application/atom+xml", declared()))
    assert (entry.link, entry.title) == ("https://news.example/x", "One title")
    assert entry.published == datetime(2024, 7, 9, 15, 11, tzinfo=UTC)


def test_one_entry_for_each_link_and_long_summaries_are_cut() -> None:
    long = ITEM.replace("From 9 July", "word " * 300)
    content = extract(rss(long, ITEM, ITEM.replace("/a?", "/b?")), None, declared())
    assert [entry.link for entry in entries(content)] == ["https://news.example/a", "https://news.example/b"]
    assert len(content.facts.entries[0].summary) <= 500


def test_html_is_not_a_feed() -> None:
    with pytest.raises(Unextractable, match='not a feed: HTML page titled "News &amp; more"'.replace("&amp;", "&")):
        extract(b"<!doctype html><html><head><title>News &amp; more</title></head></html>", "text/html", declared())


@pytest.mark.parametrize("body", [b"{}", b"hello", rss(ITEM)[:40]])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(Unextractable, match="feed"):
        extract(body, "application/xml", declared())


def test_a_cut_feed_is_refused() -> None:
    with pytest.raises(Unextractable, match="cut"):
        extract(rss(ITEM, ITEM.replace("/a?", "/b?"))[:-120], "application/xml", declared())


def test_a_feed_names_no_file_and_fetches_nothing() -> None:
    """feedparser opens what looks like a path or an address when it is given text; it is only ever given bytes."""
    with pytest.raises(Unextractable, match="feed"):
        extract(b"http://127.0.0.1:9/feed.xml", "application/xml", declared())


NEWS = """<html><head><meta charset="gb2312"></head><body><div id=menu><a href="/a">Accueil du site entier</a></div>
<div class=list><ul>
<li><a href="/2024-07/09/content_1.htm">SenseTime propose une migration gratuite depuis OpenAI</a>
 <span>2024-07-09</span></li>
<li><a href="http://other.example/x?utm_source=a">La Chine et Hong Kong face aux contrôles</a><i>9 juillet 2024</i></li>
<li><a href="/2024-07/08/content_2.htm">Sans date à côté du titre</a></li>
<li><a href="/2024-07/09/content_1.htm">SenseTime propose une migration gratuite depuis OpenAI</a></li>
<li><a href="/short">Court</a></li><li><a href="javascript:go()">Un lien qui ne mène nulle part</a></li>
<li><a href="/z.htm">中国人工智能大模型</a> 2024年7月2日</li>
</ul></div></body></html>"""


def test_a_news_list_in_html_is_read_by_its_links() -> None:
    content = extract(
        NEWS.encode("gb18030"), "text/html", declared('select = ".list"\n', reader="links", language="fr")
    )
    found = [
        (entry.link, entry.published.date().isoformat() if entry.published else None) for entry in entries(content)
    ]
    assert found == [
        ("https://news.example/2024-07/09/content_1.htm", "2024-07-09"),
        ("http://other.example/x", "2024-07-09"),
        ("https://news.example/2024-07/08/content_2.htm", "2024-07-08"),
        ("https://news.example/z.htm", "2024-07-02"),
    ]
    assert content.facts.entries[1].territories == ("CN", "HK")
    assert content.facts.entries[3].territories == ("CN",)


def test_a_card_is_titled_by_its_heading() -> None:
    page = (
        '<main><a href="/n"><div><time datetime="2026-06-30">Jun 30</time><span>News</span></div>'
        "<h3>Updating our restrictions</h3></a></main>"
    )
    (entry,) = entries(extract(page.encode(), "text/html", declared(reader="links")))
    assert entry.title == "Updating our restrictions"
    assert entry.published == datetime(2026, 6, 30, tzinfo=UTC)
