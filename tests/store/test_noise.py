"""What is stored and not told at once: repeated on another source, or one too many of a restless one."""

from datetime import timedelta

import pytest

from store import noise
from store.history import change, changes
from store.pending import record_judgement, unjudged
from store.values import (
    Content,
    Finding,
    FindingKind,
    Held,
    Judgement,
    Passage,
    PassageKind,
    Severity,
    SourceKind,
    Span,
)
from store.views import ChangeFilter

HOUR = timedelta(hours=1)


def text(words: str) -> Content:
    return Content((Passage(PassageKind.PARAGRAPH, words),))


@pytest.fixture
def edited(database, record, spec_of):
    """Records a version of a terms page and judges it: the finding says what the words became."""

    def made(slug, at, words, severity=Severity.MEDIUM, held=None, says=None):
        from store.sources import declare

        with database.begin() as session:
            declare(session, [spec_of(slug, kind=SourceKind.TERMS)], at, retire=False)
        record(at, text(words), slug=slug)
        with database.begin() as session:
            for version in unjudged(session, 9):
                if version.old is None:
                    record_judgement(session, version.version_id, (), None, at)
                    continue
                new = says or version.new.passages[0].text
                finding = Finding(FindingKind.NUMBER_CHANGED, severity, "30", new, new_span=Span(0, 0, 1, "x"))
                judgement = Judgement(True, 0.6, severity, ("because",), held)
                record_judgement(session, version.version_id, (finding,), judgement, at)

    return made


def held(database, slug=None):
    with database.read() as session:
        return [view.held for view in changes(session, ChangeFilter(source=slug))]


def test_the_same_change_on_another_source_is_told_once(database, edited, spec_of, start):
    for slug in ("terms", "privacy"):
        edited(slug, start, f"the {slug} document")
    for slug in ("terms", "privacy"):
        edited(slug, start + HOUR, f"the {slug} document, edited", says="60")
    assert held(database, "terms") + held(database, "privacy") == [None, Held.REPEATED]
    with database.read() as session:
        [repeated] = changes(session, ChangeFilter(source="privacy"))
    assert "on another source" in repeated.reasons[-1]


def test_a_like_change_days_later_is_news_of_its_own(database, edited, start):
    for slug, at in (("terms", start), ("privacy", start)):
        edited(slug, at, f"the {slug} document")
    edited("terms", start + HOUR, "terms edited", says="60")
    edited("privacy", start + HOUR + noise.SAME_WITHIN, "privacy edited", says="60")
    assert held(database) == [None, None]


def test_a_restless_source_is_held_after_its_budget_and_grave_changes_are_not(database, edited, start):
    edited("terms", start, "first")
    for number in range(noise.BUDGET + 1):
        edited("terms", start + (number + 1) * HOUR, f"edit {number}")
    assert held(database) == [None] * noise.BUDGET + [Held.OVER_BUDGET]
    edited("terms", start + 20 * HOUR, "grave", Severity.HIGH)
    assert held(database)[-1] is None
    edited("terms", start + 20 * HOUR + noise.BUDGET_SPAN, "a week later")
    assert held(database)[-1] is None


def test_a_source_that_goes_back_and_forth_is_named_to_the_operator(database, edited, start):
    edited("calm", start, "calm")
    edited("calm", start + HOUR, "calm, edited")
    edited("restless", start, "first")
    for number in range(noise.FLAPPING):
        edited("restless", start + (number + 1) * HOUR, f"flap {number}", held=Held.REVERSION)
    with database.read() as session:
        assert noise.flapping(session) == ("restless",)


def test_the_change_that_is_told_names_the_other_sources(database, edited, start):
    for slug in ("terms", "privacy", "usage"):
        edited(slug, start, f"the {slug} document")
    for slug in ("terms", "privacy", "usage"):
        edited(slug, start + HOUR, f"the {slug} document, edited", says="60")
    with database.read() as session:
        told, *repeated = changes(session, ChangeFilter())
        titles = {view.title for view in repeated}
        assert set(change(session, told.address).also) == titles
        assert change(session, repeated[0].address).also == ()


def test_a_repetition_of_another_change_is_none_of_this_one(database, edited, start):
    for slug in ("terms", "privacy"):
        edited(slug, start, f"the {slug} document")
    edited("terms", start + HOUR, "terms edited", says="30 days")
    edited("terms", start + 2 * HOUR, "terms edited again", says="60")
    edited("privacy", start + 3 * HOUR, "privacy edited", says="60")
    with database.read() as session:
        first, second, third = changes(session, ChangeFilter())
        assert third.held is Held.REPEATED
        assert change(session, first.address).also == ()
        assert change(session, second.address).also == (third.title,)
