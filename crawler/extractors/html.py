"""How an HTML page becomes passages: the part that is content, by landmarks or by the declaration's selectors."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bs4 import BeautifulSoup, Tag
from lxml import etree

from crawler.extractors.page import Page, Unextractable, plain
from crawler.extractors.walker import page_of

# Elements that carry no meaning of their own: what absurdly deep markup is made of, and can be read without.
_WRAPPERS = re.compile(rb"</?(?:div|section|center|blockquote|article|form)\b[^>]*>", re.IGNORECASE)
_INLINE = re.compile(rb"</?(?:span|font|b|i|em|strong|u|small|big|a)\b[^>]*>", re.IGNORECASE)
_LITTLE = 200  # characters: a landmark with less than this, beside a body with much more, holds nothing


def html_page(text: str | bytes, select: Sequence[str] = (), remove: Sequence[str] = ()) -> Page:
    """The passages of an HTML page; text as bytes is UTF-8.

    Raises Unextractable when it holds no elements or a selector finds nothing.
    """
    root = _tree(text)
    title = _title(root)
    if select or remove:
        root = _selected(root, select, remove)
    if select:
        return page_of(root, in_main=True, title=title)
    area, in_main = _content(root)
    return page_of(area, in_main, title)


def fragment_page(text: str | bytes) -> Page:
    """The passages of HTML that is all content, such as rendered Markdown."""
    return page_of(_tree(text), in_main=True)


def areas(text: str, select: Sequence[str] = (), remove: Sequence[str] = ()) -> etree._Element:
    """The element that holds a page's content, for readers that look at links themselves."""
    root = _tree(text)
    if select or remove:
        root = _selected(root, select, remove)
    return root if select else _content(root)[0]


def html_title(text: str) -> str:
    """What the page calls itself, or ""."""
    try:
        return _title(_tree(text))
    except Unextractable:
        return ""


def _title(root: etree._Element) -> str:
    element = next(root.iter("title"), None)
    return "" if element is None else plain("".join(map(str, element.itertext())))


def _tree(text: str | bytes) -> etree._Element:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    root, too_deep = _parsed(raw)
    if too_deep:
        root, too_deep = _parsed(_WRAPPERS.sub(b"<hr>", _INLINE.sub(b"", raw)))
    if too_deep:
        raise Unextractable("markup nested more than 2,048 levels deep: text beyond would be lost")
    return root


def _parsed(raw: bytes) -> tuple[etree._Element, bool]:
    """The tree, and whether libxml2 stopped at its depth limit and dropped the text below."""
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = etree.fromstring(raw, parser)
    except etree.ParserError as error:
        raise Unextractable(f"no HTML: {error}") from error
    except etree.XMLSyntaxError as error:
        raise Unextractable(f"no HTML: {error.msg}") from error
    if root is None:
        raise Unextractable("no HTML: the page has no elements")
    limited = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, limited


def _content(root: etree._Element) -> tuple[etree._Element, bool]:
    """main, or a lone article, or the body; a landmark that is nearly empty beside a full body is not the content."""
    body = next(root.iter("body"), root)
    found = list(root.iter("main")) or [element for element in root.iter() if element.get("role") == "main"]
    if not found:
        articles = list(root.iter("article"))
        found = articles if len(articles) == 1 else []
    if not found:
        return body, False
    best = max(found, key=_size) if len(found) > 1 else found[0]
    little = _size(best)
    if little < _LITTLE and page_size(body) > 5 * max(little, 40):
        return body, False
    return best, True


def _size(element: etree._Element) -> int:
    return page_size(element, in_main=True)


def page_size(element: etree._Element, in_main: bool = False) -> int:
    """Characters of text in the passages of an element."""
    return sum(len(passage.text) for passage in page_of(element, in_main).passages)


def _selected(root: etree._Element, select: Sequence[str], remove: Sequence[str]) -> etree._Element:
    """The page cut down to its selected elements, without the removed ones.

    Beautiful Soup reads users' CSS; scripts and styles go first, they are most of a modern page's weight.
    """
    etree.strip_elements(root, "script", "style", "template", "noscript", "svg", with_tail=False)
    soup = BeautifulSoup(etree.tostring(root, encoding="utf-8", method="html"), "lxml", from_encoding="utf-8")
    for selector in remove:
        for element in soup.select(selector):
            element.decompose()
    if not select:
        return _tree(str(soup))
    chosen = _outermost(soup.select(", ".join(select)))
    if not chosen:
        raise Unextractable(f"nothing on the page matches select = {', '.join(select)!r}")
    return _tree("<html><body>" + "\n".join(f"<div>{element}</div>" for element in chosen) + "</body></html>")


def _outermost(elements: Sequence[Tag]) -> list[Tag]:
    known = {id(element) for element in elements}
    return [element for element in elements if not any(id(parent) in known for parent in element.parents)]
