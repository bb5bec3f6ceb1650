"""What a source's twin says: whether it agrees with a loss, and whether it stands in for an address that has nothing.

A twin is another address of the same source, such as a page's Markdown or JSON edition. Pure: no network, no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from crawler.answers import Ask, Fetched, NotFetched
from crawler.declaration import Declaration
from crawler.extract import Unextractable, extract
from crawler.known import Known
from crawler.verdict import verdict
from crawler.verdicts.against import alike
from crawler.visit import Pace, declared, ended, recipe_of
from store.archive import Received, Visited
from store.capture_kind import CaptureKind
from store.confirmation import CONTRADICTED, Waiting, facts_removed, stated, words
from store.sources import DueSource
from store.values import Content, Outcome

_GONE = (404, 410)
_SAME = 0.8  # share of their words that two editions of one text have in common
_HOLDS = 0.8  # share of what is left that a twin must hold for its silence on the rest to say anything
_FEW, _MOST = 0.3, 0.7  # shares of the lost words: as many as any text of the kind holds, and the text itself


class Said(Enum):
    """What a twin says of a loss: it lacks it too, it still has it, or it cannot be compared."""

    AGREES = auto()
    CONTRADICTS = auto()
    NOTHING = auto()


def twin_ask(source: DueSource) -> Ask | None:
    """The request to a source's twin; None where none is declared."""
    declaration = declared(source.slug, source.text)
    return Ask(declaration.twin, declaration.kind) if declaration.twin else None


def said_of(waiting: Sequence[Waiting], source: DueSource, answer: Fetched | NotFetched) -> Said:
    """What the twin's answer says of all changes that wait for a second look."""
    read = _read(answer, declared(source.slug, source.text))
    if read is None or not waiting:
        return Said.NOTHING
    said = {_said(one, read) for one in waiting}
    return said.pop() if len(said) == 1 else Said.NOTHING


def confirmed_by(source: DueSource, answer: Fetched, at: datetime, pace: Pace) -> Visited:
    """The end of a second look at which the twin agreed: what is gone is gone."""
    return Visited(
        outcome=Outcome.CONFIRMED,
        at=at,
        due_at=at + source.every,
        url=answer.url,
        recipe=recipe_of(source.slug, source.text),
        reason="second look, at its twin",
        status=answer.status,
        received=Received(answer.url, answer.status, answer.headers, answer.body),
        etag=source.etag,
        last_modified=source.last_modified,
        unconditional_in=max(0, pace.unconditional_every - 1),
    )


def contradicted(visited: Visited, pace: Pace) -> Visited:
    """A second look at the address itself where the twin still says what is gone: one more look must agree."""
    if not visited.outcome.good:
        return visited
    reason = f"{CONTRADICTED}; {visited.reason}" if visited.reason else CONTRADICTED
    due_at = min(visited.due_at, visited.at + pace.confirm_after)
    return replace(visited, reason=reason, due_at=due_at, unconditional_in=0)


def has_nothing(visited: Visited) -> bool:
    """Whether a visit found an address without its content: gone, or a shell that only scripts would fill."""
    return not visited.outcome.good and (visited.status in _GONE or CaptureKind.of(visited.reason) is CaptureKind.SHELL)


def stood_in(
    source: DueSource, missing: Visited, answer: Fetched | NotFetched, known: Known, at: datetime, pace: Pace
) -> Visited:
    """The end of a visit that found nothing at the address and asked the twin. missing: how it ended without."""
    twin = declared(source.slug, source.text).twin
    assert twin is not None
    if isinstance(answer, NotFetched):
        return replace(missing, reason=f"{missing.reason}; its twin: {answer.reason}")
    found = elsewhere(replace(source, url=twin), answer, known, at, pace, of_twin=True)
    if not found.outcome.good:
        return replace(missing, reason=f"{missing.reason}; its twin: {found.reason}")
    return replace(
        found,
        reason=f"{missing.reason}; found at its twin {twin}",
        etag=None,
        last_modified=None,
        unconditional_in=0,
        found_at=twin,
    )


def elsewhere(
    source: DueSource,
    answer: Fetched,
    known: Known,
    at: datetime,
    pace: Pace,
    *,
    of_twin: bool,
    conditional: bool = False,
) -> Visited:
    """The end of a visit that reads another address than the last version was read at, or the same one.

    Where two editions say the same the difference is none of the source's, and the new version is technical. A twin
    that says something else than the address said last is not believed: it may be an old edition.
    """
    standing = known.current()
    twin = declared(source.slug, source.text).twin
    if standing is None or (standing.snapshot.url == twin) == of_twin:
        return ended(source, answer, conditional, known, at, pace)
    alone = ended(source, answer, False, replace(known, current=lambda: None), at, pace)
    if alone.content is None:
        return alone
    if same(standing.content, alone.content):
        return replace(alone, technical=True, due_at=at + source.every)
    if not of_twin:
        return ended(source, answer, False, known, at, pace)
    gone = len(facts_removed(standing.content.facts, alone.content.facts))
    new = len(facts_removed(alone.content.facts, standing.content.facts))
    why = f"it says something else than the address did ({gone} listed no more, {new} new)"
    return replace(alone, outcome=Outcome.IMPLAUSIBLE, reason=why, content=None)


def _read(answer: Fetched | NotFetched, declaration: Declaration) -> Content | None:
    if isinstance(answer, NotFetched) or answer.short is not None:
        return None
    if verdict(answer.status, answer.headers, answer.body, declaration).outcome is not None:
        return None
    try:
        return extract(answer.body, answer.headers.get("content-type"), declaration)
    except Unextractable:
        return None


def _said(waiting: Waiting, read: Content) -> Said:
    removed = facts_removed(waiting.old.facts, waiting.new.facts)
    if not removed:
        return _said_of_text(waiting, read)
    now, left = stated(read.facts), stated(waiting.new.facts)
    if removed <= now:
        return Said.CONTRADICTS
    comparable = bool(now) and len(now & left) >= _HOLDS * len(left)
    return Said.AGREES if comparable and not removed & now else Said.NOTHING


def _said_of_text(waiting: Waiting, read: Content) -> Said:
    left, twin = words(waiting.new), words(read)
    lost = words(waiting.old) - left
    if (left & twin).total() < _HOLDS * left.total():
        return Said.NOTHING
    still = (lost & (twin - left)).total() / max(lost.total(), 1)
    if still >= _MOST:
        return Said.CONTRADICTS
    return Said.AGREES if still <= _FEW else Said.NOTHING


def same(one: Content, other: Content) -> bool:
    """Whether two readings say the same: the same facts, or where there are none, nearly the same words."""
    if stated(one.facts) or stated(other.facts):
        return stated(one.facts) == stated(other.facts)
    return alike(words(one), words(other), _SAME)
