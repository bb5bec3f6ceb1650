"""What an HTML list of news reports: each link with a headline's worth of text, with the day that stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from crawler.declaration import Declaration
from crawler.extractors.dates import day_in, day_in_address, midnight
from crawler.extractors.entries import Headline, content_of
from crawler.extractors.html import areas
from crawler.extractors.page import plain
from crawler.extractors.targets import target
from crawler.extractors.walker import SILENT, is_around
from store.values import Content

SHORTEST, SHORTEST_HAN = 12, 6  # characters of a headline; Chinese says more in fewer
_HAN = re.compile("[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7a3]")
_BESIDE = frozenset(("li", "tr", "article", "dd", "dt", "p", "section"))
_ROOMS = 3  # how many boxes around a link are looked at for a date
_CROWDED = 400  # characters: a larger box holds other entries' dates too


def news_links(text: str, declaration: Declaration) -> Content:
    """Entries of a news list in page order; addresses are made absolute against the declaration's.

    Raises Unextractable when a declared selector finds nothing.
    """
    area = areas(text, declaration.select, declaration.remove)
    return content_of(_headlines(area, declaration), declaration.language, declaration.topics)


def _headlines(area: etree._Element, declaration: Declaration) -> Iterator[Headline]:
    base = _base(area, declaration.url)
    for link in _anchors(area):
        title = _title(link)
        address = target(link.get("href", ""), base)
        if _is_headline(title) and address.startswith(("http://", "https://")):
            yield Headline(address.partition("#")[0], title, "", _beside(link, address))


def _title(link: etree._Element) -> str:
    """A link's headline: the heading in it where it is a card with date and subject beside, else all its text."""
    heading = next(link.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    if heading is None:
        heading = next((e for e in link.iter() if "headline" in (e.get("class") or "").split()), link)
    return plain(" ".join(_texts(heading))) or plain(link.get("title", ""))


def _is_headline(title: str) -> bool:
    return len(title) >= (SHORTEST_HAN if _HAN.search(title) else SHORTEST)


def _anchors(area: etree._Element) -> Iterator[etree._Element]:
    """Links outside the furniture around the page."""
    events = etree.iterwalk(area, events=("start", "end"))
    for event, element in events:
        if event != "start" or not isinstance(element.tag, str):
            continue
        if element is not area and element.tag != "button" and is_around(element, element.tag, in_main=True):
            events.skip_subtree()
        elif element.tag == "a" and element.get("href"):
            yield element


def _texts(element: etree._Element) -> Iterator[str]:
    for part in element.iter():
        if isinstance(part.tag, str) and part.tag not in SILENT:
            yield part.text or ""
        if part is not element:
            yield part.tail or ""


def _beside(link: etree._Element, address: str) -> datetime | None:
    """The day in the smallest box around the link that names one, else the day in its address."""
    box = link
    for _ in range(_ROOMS):
        for stamp in box.iter("time"):
            if day := day_in(stamp.get("datetime", "")):
                return midnight(day)
        words = " ".join(_texts(box))
        if len(words) > _CROWDED and box is not link:
            break
        if day := day_in(words):
            return midnight(day)
        parent = box.getparent()
        if parent is None or box.tag in _BESIDE:
            break
        box = parent
    day = day_in_address(address)
    return midnight(day) if day else None


def _base(area: etree._Element, url: str) -> str:
    root = area.getroottree().getroot()
    stated = next((base.get("href") for base in root.iter("base") if base.get("href")), None)
    return target(stated, url) if stated else url
