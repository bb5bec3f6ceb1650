"""Which territories paragraphs of prose grant, limit or refuse, product by product."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.declaration import Declaration, ProductList
from crawler.extractors.access_rules import tests_the_person
from crawler.extractors.mentions import said_of, sentences, territories_meant, turned
from crawler.extractors.page import Page
from crawler.extractors.territories import section
from store.territory import Mention, folded
from store.values import Availability, Facts, PassageKind, Polarity, Span, Status

_STRICTNESS = {Status.LISTED: 0, Status.RESTRICTED: 1, Status.EXCLUDED: 2}


def territories_in_prose(page: Page, declaration: Declaration) -> Facts:
    """Availability facts from paragraphs: one for each product and territory, each with the span that names it.

    A product's paragraphs stand under its heading. Where words are declared, the paragraphs with these words are the
    list, and all they name is on it. Elsewhere each sentence says for itself whether it grants, limits or refuses; on a
    deny page one that says nothing of the kind names no territory. Territories in a rule about owners, nationality or
    billing are the rule's.
    """
    facts: dict[tuple[str, str], Availability] = {}
    for wanted in declaration.lists or (_undeclared(page, declaration),):
        for index in section(page, ProductList(wanted.product, wanted.heading)):
            passage = page.passages[index]
            if passage.kind is PassageKind.HEADING:
                continue
            for mention, status in _named(passage.text, wanted, declaration):
                span = Span(index, mention.start, mention.end, mention.text)
                fact = Availability(mention.code, wanted.product, status, mention.text, span)
                _keep(facts, fact)
    return Facts(availability=tuple(facts.values()))


def _keep(facts: dict[tuple[str, str], Availability], fact: Availability) -> None:
    """The first statement about a territory stands, unless a later one is stricter."""
    key = (fact.product, fact.territory)
    if key not in facts or _STRICTNESS[fact.status] > _STRICTNESS[facts[key].status]:
        facts[key] = fact


def _undeclared(page: Page, declaration: Declaration) -> ProductList:
    """The section that the product is the heading of, or the whole page."""
    product = declaration.product or declaration.title
    under = ProductList(product, heading=declaration.product)
    return under if declaration.product and section(page, under) else ProductList(product)


def _named(text: str, wanted: ProductList, declaration: Declaration) -> Iterator[tuple[Mention, Status]]:
    usual = Status.EXCLUDED if declaration.polarity is Polarity.DENY else Status.LISTED
    if wanted.containing is not None:
        if folded(wanted.containing) in folded(text):
            yield from ((mention, usual) for mention in territories_meant(text, declaration.language))
        return
    said: Status | None = None
    for start, end in sentences(text):
        sentence = text[start:end]
        said = said_of(sentence, said)
        status = said or (usual if usual is Status.LISTED else None)
        if status is None or tests_the_person(sentence):
            continue
        for mention in territories_meant(sentence, declaration.language):
            placed = Mention(mention.code, mention.start + start, mention.end + start, mention.text)
            yield placed, turned(sentence, mention.start, status)
