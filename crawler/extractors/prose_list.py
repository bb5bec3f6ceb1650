"""Which territories a paragraph of prose excludes (or lists), product by product."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.declaration import Declaration, ProductList
from crawler.extractors.page import Page
from crawler.extractors.territories import section
from store.territory import Mention, find_territories, folded
from store.values import Availability, Facts, PassageKind, Polarity, Span, Status

# "the following regions of Ukraine: Crimea": the country is named to place its regions, it is not excluded itself.
_REGIONS_OF = re.compile(
    r"(?:regions?|areas?|parts?|territor(?:y|ies)|oblasts?|provinces?|régions?|zones?|territoires?)\s+"
    r"(?:of|in|within|de|d|du|en)\s*['’]?\s*(?:the\s+|l['’]|la\s+|le\s+)?$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(?:['’]s)? +(?!and\b|or\b|et\b)[A-Za-z]")
# What makes a paragraph a list of where a product may not go, when no words are declared for it.
_DENIES = re.compile(
    r"\b(?:may|shall|must|can|will) ?not\b|\bnot (?:available|supported|offered|permitted)\b|\bprohibited\b|"
    r"\bembargo|\bsanctioned\b|不得|禁止|不可|ne (?:peut|peuvent) pas|n['’]est pas disponible",
    re.IGNORECASE,
)


def territories_in_prose(page: Page, declaration: Declaration) -> Facts:
    """Availability facts from paragraphs: one for each product and territory, each with the span that names it.

    A product's paragraphs stand under its heading and contain its words; without declared words, words of denial.
    """
    status = Status.EXCLUDED if declaration.polarity is Polarity.DENY else Status.LISTED
    facts: dict[tuple[str, str], Availability] = {}
    for wanted in declaration.lists or (_undeclared(declaration),):
        for index in _paragraphs(page, wanted, status):
            text = page.passages[index].text
            for mention in excluded_mentions(text):
                span = Span(index, mention.start, mention.end, mention.text)
                fact = Availability(mention.code, wanted.product, status, mention.text, span)
                facts.setdefault((wanted.product, mention.code), fact)
    return Facts(availability=tuple(facts.values()))


def _undeclared(declaration: Declaration) -> ProductList:
    product = declaration.product or declaration.title
    return ProductList(product, heading=declaration.product)


def _paragraphs(page: Page, wanted: ProductList, status: Status) -> Iterator[int]:
    words = folded(wanted.containing) if wanted.containing else None
    for index in section(page, ProductList(wanted.product, wanted.heading)):
        passage = page.passages[index]
        if passage.kind is PassageKind.HEADING:
            continue
        if words is not None:
            meant = words in folded(passage.text)
        else:
            meant = status is Status.LISTED or bool(_DENIES.search(passage.text))
        if meant:
            yield index


def excluded_mentions(text: str) -> Iterator[Mention]:
    """Territories a paragraph names as such: not the country whose regions are meant, not "U.S." before a noun."""
    mentions = find_territories(text)
    inner = {mention.code[:2] for mention in mentions if "-" in mention.code}
    for mention in mentions:
        before, after = text[: mention.start], text[mention.end :]
        if mention.code in inner and _REGIONS_OF.search(before):
            continue
        if mention.text.replace(".", "").isupper() and mention.text.isascii() and _ATTRIBUTE.match(after):
            continue
        yield mention
