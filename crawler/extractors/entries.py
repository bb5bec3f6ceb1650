"""What a headline becomes: an entry with its passage, the territories it names and the declared topics it touches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from store.territory import find_territories
from store.values import Content, Entry, Facts, Passage, PassageKind, Span


@dataclass(frozen=True, slots=True)
class Headline:
    """One item of a feed or news list as read: link, title, plain summary, time in UTC."""

    link: str
    title: str
    summary: str = ""
    published: datetime | None = None


def content_of(headlines: Iterable[Headline], language: str, topics: Sequence[str]) -> Content:
    """Passages and entries in the order given, one for each link."""
    entries: dict[str, Entry] = {}
    passages: list[Passage] = []
    for headline in headlines:
        if headline.link in entries:
            continue
        line = _line(headline)
        span = Span(len(passages), 0, len(headline.title), headline.title)
        passages.append(Passage(PassageKind.LIST_ITEM, line, links=(headline.link,)))
        entries[headline.link] = _entry(headline, span, language, topics)
    return Content(tuple(passages), Facts(entries=tuple(entries.values())))


def _line(headline: Headline) -> str:
    repeats = not headline.summary or headline.summary == headline.title
    return headline.title if repeats else f"{headline.title} — {headline.summary}"


def _entry(headline: Headline, span: Span, language: str, topics: Sequence[str]) -> Entry:
    said = f"{headline.title}\n{headline.summary}"
    return Entry(
        link=headline.link,
        title=headline.title,
        span=span,
        summary=headline.summary,
        published=headline.published,
        language=language or None,
        territories=tuple(dict.fromkeys(mention.code for mention in find_territories(said))),
        topics=tuple(topic for topic in topics if _topic(topic).search(said)),
    )


@lru_cache(maxsize=4096)
def _topic(topic: str) -> re.Pattern[str]:
    """A topic as whole words; short ones in capitals (AI, API) as written; no word bounds in Chinese."""
    words = r"\s+".join(re.escape(word) for word in topic.split())
    left = r"(?<!\w)" if re.match(r"[^\W]", topic) and topic[0].isascii() else ""
    right = r"(?!\w)" if topic[-1].isascii() and topic[-1].isalnum() else ""
    exact = topic.isupper() and len(topic) <= 4
    return re.compile(left + words + right, 0 if exact else re.IGNORECASE)
