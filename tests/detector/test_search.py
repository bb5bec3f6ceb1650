"""Expressions tried only where they can begin find exactly what they find when tried everywhere."""

from __future__ import annotations

import re

import pytest

from detector.statements import dates, modality, names, quantities, scope
from detector.statements.openings import Opening, lowered, openings
from detector.statements.search import Search

TABLES = {
    "forces": modality._FORCES._search,
    "negations": modality._DENIALS._search,
    "reach": scope._SCOPES._search,
    "dates": dates._SPELLED,
    "numbers in words": quantities._IN_WORDS,
    "places in a row": quantities._IN_ORDER,
    "known names": names._any_of((*names._KNOWN, "Example AI", "数据公司")),
}
SENTENCES = (
    "You MUST NOT resell the Services unless we agree; no customer or affiliate will be charged, and we can't refund.",
    "You may not, shall never and cannot assign it. Nothing herein is required, nor are you obliged to pay.",
    "Fees are due within thirty-five (35) days, no later than 5 May 2025, at least 2 of 3 first instalments, over $20.",
    "Nous ne pouvons en aucun cas céder vos données; vous n'êtes pas tenus de payer avant le 1er août 2024, sauf si.",
    "L’utilisateur doit résilier dans un délai de vingt et un jours; il n'est pas autorisé à revendre.",
    "您不得转让服务，除非我们允许；我们应当在三十日以内通知百度和数据公司，但不应收费。",
    "Microſoft, MICROSOFT and Azure-based İnputs ıs not maındatory; Sept. 3rd 2024 or DÉCEMBRE 2023.",
    "sub-section 4 non-binding nonpayment don't won’t isn't mayor canned willing nota android usage hers",
)


@pytest.mark.parametrize("table", TABLES)
def test_a_walk_over_words_misses_no_match(table):
    search = TABLES[table]
    for sentence in SENTENCES:
        for text in (sentence, sentence.upper(), sentence.title(), sentence[3:], sentence.replace(" ", "\n")):
            everywhere = [
                (row, match.span())
                for row, expression in enumerate(search._expressions)
                for match in expression.finditer(text)
            ]
            assert [(row, match.span()) for row, match in search.matches(text)] == everywhere


def test_most_expressions_are_tried_only_where_they_can_begin():
    anywhere = {table: len(search._anywhere) for table, search in TABLES.items()}
    assert sum(anywhere.values()) <= 2, anywhere


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (r"\b(?:must|shall)\b", {Opening("must", True, True), Opening("shall", True, True)}),
        (r"\bprohibit(?:s|ed)\b", {Opening("prohibits", True, True), Opening("prohibited", True, True)}),
        (r"(?<!\w)no (?:one|user)", {Opening("no", True, True)}),
        (r"不得|禁止", {Opening("不得"), Opening("禁止")}),
        (r"\b(?:not )?able", {Opening("not", True, True), Opening("able", True)}),
    ],
)
def test_openings_of_an_expression(expression, expected):
    assert openings(re.compile(expression, re.IGNORECASE)) == expected


@pytest.mark.parametrize("expression", [r"[a-z]+n't", r"must", r"\s*may", r"(?<=x)y", r".may", r"(?:may)?"])
def test_what_can_begin_anywhere_has_no_openings(expression):
    assert openings(re.compile(expression, re.IGNORECASE)) is None
    assert [match.group() for _, match in Search([re.compile(r"[a-z]+n't")]).matches("We don't.")] == ["don't"]


def test_lower_case_keeps_the_number_of_characters():
    text = "İSTANBUL ſ K Straße É"
    assert len(lowered(text)) == len(text)
    assert lowered("İſ") == "is"
