"""A finding whose own words name no territory has those of its sentence, or of its heading, as its subject."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.matching import territories_of
from crawler.declaration import parse
from crawler.extract import extract
from detector.compare import About, compare
from store.values import Finding, FindingKind, Polarity, SourceKind

_DECLARED = 'title = "T"\npublisher = "P"\nkind = "terms"\nlanguage = "en"\nurl = "https://t.invalid/t.md"\n'
_INTRO = "# Terms\n\nThe provider runs the service as this document describes.\n\n"


def found(old: str, new: str) -> tuple[Finding, ...]:
    declared = parse(_DECLARED, "t", "test")
    left, right = (extract((_INTRO + text + "\n").encode(), "text/markdown", declared) for text in (old, new))
    about = About(SourceKind.TERMS, "P", None, Polarity.ALLOW, "en", date(2026, 1, 1))
    return compare(left, right, about, (), None).findings


@pytest.mark.parametrize(
    ("old", "new", "kind", "codes"),
    [
        (
            "Users in Russia and Belarus may open an account.",
            "Users in Russia and Belarus may not open an account.",
            FindingKind.PERMISSION_WITHDRAWN,
            ("RU", "BY"),
        ),
        (
            "Accounts in Kenya close on 1 May 2024. Others stay.",
            "Accounts in Kenya close on 1 June 2024. Others stay.",
            FindingKind.DATE_CHANGED,
            ("KE",),
        ),
        (
            "## Japan\n\nYou may resell the output.",
            "## Japan\n\nYou may not resell the output.",
            FindingKind.PERMISSION_WITHDRAWN,
            ("JP",),
        ),
        (
            "Ghana is served. You may export data.",
            "Ghana is served. You must export data.",
            FindingKind.OBLIGATION_STRENGTHENED,
            (),
        ),
    ],
)
def test_a_changed_word_is_about_the_territories_of_its_sentence(
    old: str, new: str, kind: FindingKind, codes: tuple[str, ...]
) -> None:
    [finding] = [one for one in found(old, new) if one.kind is kind]
    assert territories_of(finding) == codes


def test_a_passage_that_names_territories_is_about_these_alone() -> None:
    heading = "## Japan\n\nYou may resell the output.\n\n"
    added = heading + "We suspend advertisements in Russia and Ukraine."
    [finding] = [one for one in found(heading, added) if one.kind is FindingKind.TEXT_ADDED]
    assert finding.subject is None
    assert territories_of(finding) == ("RU", "UA")
