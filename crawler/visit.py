"""How a visit ended: decides from what came back, what was known and what was expected. No network, no database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from crawler.answers import Fetched, NotFetched
from crawler.believed import judged, seen_alike, unread
from crawler.declaration import Declaration, parse
from crawler.extract import Unextractable, extract, recipe
from crawler.known import NOTHING_KNOWN, Known
from crawler.verdict import Verdict, verdict
from store.archive import Current, Received, Visited
from store.confirmation import facts_removed, lost_much
from store.sources import DueSource, SourceSpec
from store.values import Content, Outcome

_FIRST_RETRY = timedelta(minutes=5)
_DOUBT_AGAIN = timedelta(hours=1)  # a server that loses half of a page often does so for a while


@dataclass(frozen=True, slots=True)
class Pace:
    """When to come back. confirm_after: second look at a removal. unconditional_every: every n-th visit asks without
    validators, against servers whose ETag lies."""

    confirm_after: timedelta = timedelta(minutes=10)
    unconditional_every: int = 10


@lru_cache(maxsize=5000)
def declared(slug: str, text: str) -> Declaration:
    """The declaration a source row carries."""
    return parse(text, slug, f"declaration of {slug}")


@lru_cache(maxsize=5000)
def recipe_of(slug: str, text: str) -> str:
    return recipe(declared(slug, text))


def spec(declaration: Declaration) -> SourceSpec:
    """The declaration as the store keeps it."""
    return SourceSpec(
        slug=declaration.slug,
        title=declaration.title,
        publisher=declaration.publisher,
        product=declaration.product,
        kind=declaration.kind,
        polarity=declaration.polarity,
        language=declaration.language,
        jurisdiction=declaration.jurisdiction,
        url=declaration.url,
        host=declaration.host,
        every=declaration.every,
        text=declaration.source_text,
        shortest=declaration.every_min,
        longest=declaration.every_max,
        hints=declaration.hints,
        promise=declaration.promise,
        newest=declaration.expect.newest,
    )


def is_unchanged(source: DueSource, answer: Fetched | NotFetched, conditional: bool) -> bool:
    """Whether the server itself says that nothing changed since the version we stand at, and was asked whether so."""
    was_asked = conditional and (source.etag or source.last_modified) and source.version is not None
    return bool(was_asked) and isinstance(answer, Fetched) and answer.status == 304


def ended(
    source: DueSource, answer: Fetched | NotFetched, conditional: bool, known: Known, at: datetime, pace: Pace
) -> Visited:
    """The end of a visit, ready to be recorded."""
    if isinstance(answer, NotFetched):
        return _failed(source, answer.outcome, answer.reason, at, status=answer.status, retry_at=answer.retry_at)
    if is_unchanged(source, answer, conditional):
        return _confirmed(source, answer, conditional, at, pace, received=None)
    if answer.status == 304:
        return _failed(source, Outcome.UNREACHABLE, "answered 304 to a request without validators", at, status=304)
    received = _received(answer)
    declaration = declared(source.slug, source.text)
    said = verdict(answer.status, answer.headers, answer.body, declaration)
    if said.outcome is not None:
        return _failed(source, said.outcome, said.reason, at, received=received)
    if answer.short is not None:
        return _failed(source, Outcome.IMPLAUSIBLE, answer.short, at, received=received)
    if source.recipe == recipe_of(source.slug, source.text) and source.version is not None:
        seen = known.confirmed_before(hashlib.sha256(answer.body).hexdigest())
        if seen == source.version:
            return _confirmed(source, answer, conditional, at, pace, received)
    content, why = _read(answer, declaration)
    if content is None:
        said = unread(received, declaration, source.url) or Verdict(Outcome.UNEXTRACTABLE, why)
        return _doubted(source, said.outcome or Outcome.UNEXTRACTABLE, said.reason, at, received, said.passing)
    return _compared(source, answer, conditional, known, at, pace, received, declaration, content)


def _read(answer: Fetched, declaration: Declaration) -> tuple[Content | None, str]:
    """What the answer says, or None and why it cannot be read; the error ends here, with all that its frames hold."""
    try:
        return extract(answer.body, answer.headers.get("content-type"), declaration), ""
    except Unextractable as error:
        return None, str(error)


def _received(answer: Fetched) -> Received:
    return Received(answer.url, answer.status, answer.headers, answer.body)


def broken(source: DueSource, error: Exception, at: datetime) -> Visited:
    """The end of a visit that failed by a fault of ours: nothing is known of the source, and it says so."""
    return _failed(source, Outcome.UNEXTRACTABLE, f"internal error: {type(error).__name__}: {error}", at)


def _compared(
    source: DueSource,
    answer: Fetched,
    conditional: bool,
    known: Known,
    at: datetime,
    pace: Pace,
    received: Received,
    declaration: Declaration,
    content: Content,
) -> Visited:
    standing = known.current()
    reread = _reread(source, standing, declaration)
    before = reread if reread is not None else standing.content if standing else None
    if standing is not None and reread is None and content == standing.content:
        return _confirmed(source, answer, conditional, at, pace, received)
    said = judged(received, declaration, source.url, content, before, standing, known)
    believed = said.outcome is not None and said.passing and seen_alike(content, declaration, known)
    if said.outcome is not None and not believed:
        return _doubted(source, said.outcome, said.reason, at, received, said.passing)
    unsure = before is not None and not believed and _lost(declaration, before, content)
    return Visited(
        outcome=Outcome.VERSION,
        at=at,
        due_at=at + (min(pace.confirm_after, source.every) if unsure else source.every),
        url=answer.url,
        recipe=recipe_of(source.slug, source.text),
        reason=_moved(answer),
        status=answer.status,
        conditional=conditional,
        received=received,
        content=content,
        reread=reread,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        unconditional_in=0 if unsure else pace.unconditional_every - 1,
        believed=believed,
    )


def _lost(declaration: Declaration, before: Content, content: Content) -> bool:
    """Whether something is gone that is told only when it is seen twice."""
    return bool(facts_removed(before.facts, content.facts)) or lost_much(declaration.kind, before, content)


def _reread(source: DueSource, standing: Current | None, declaration: Declaration) -> Content | None:
    """The predecessor's snapshot under today's recipe, so that our own improvement is never taken for a change."""
    if standing is None or standing.recipe == recipe_of(source.slug, source.text):
        return None
    snapshot = standing.snapshot
    try:
        return extract(snapshot.body, snapshot.headers.get("content-type"), declaration)
    except Unextractable:
        return standing.content  # the new recipe does not fit the old page: the old reading is the best there is


def _confirmed(
    source: DueSource, answer: Fetched, conditional: bool, at: datetime, pace: Pace, received: Received | None
) -> Visited:
    return Visited(
        outcome=Outcome.CONFIRMED,
        at=at,
        due_at=at + source.every,
        url=answer.url,
        recipe=recipe_of(source.slug, source.text),
        reason=_moved(answer),
        status=answer.status,
        conditional=conditional,
        received=received,
        etag=answer.headers.get("etag", source.etag if answer.status == 304 else None),
        last_modified=answer.headers.get("last-modified", source.last_modified if answer.status == 304 else None),
        moved_to=answer.moved_to,
        unconditional_in=max(0, (source.unconditional_in if conditional else pace.unconditional_every) - 1),
    )


def _failed(
    source: DueSource,
    outcome: Outcome,
    reason: str,
    at: datetime,
    *,
    status: int | None = None,
    received: Received | None = None,
    retry_at: datetime | None = None,
) -> Visited:
    wait = min(source.every, _FIRST_RETRY * 2 ** min(source.failures, 10))
    return Visited(
        outcome=outcome,
        at=at,
        due_at=max(at + wait, retry_at) if retry_at else at + wait,
        url=received.url if received else source.url,
        recipe=source.recipe or "",
        reason=reason,
        status=received.status if received else status,
        received=received,
    )


def _doubted(
    source: DueSource, outcome: Outcome, reason: str, at: datetime, received: Received, passing: bool
) -> Visited:
    """A refusal. What may be true after all is looked at again after an hour, not at once."""
    retry_at = at + min(source.every, _DOUBT_AGAIN) if passing else None
    return _failed(source, outcome, reason, at, received=received, retry_at=retry_at)


def _moved(answer: Fetched) -> str | None:
    return f"moved permanently to {answer.moved_to}" if answer.moved_to else None


def read_once(declaration: Declaration, answer: Fetched) -> tuple[Outcome | None, str | None, Content]:
    """How a first visit with this answer would end, and what it reads; outcome None means it would be a version."""
    said = verdict(answer.status, answer.headers, answer.body, declaration)
    if said.outcome is not None:
        return said.outcome, said.reason, Content()
    content, why = _read(answer, declaration)
    if content is None:
        found = unread(_received(answer), declaration, declaration.url)
        return (found.outcome, found.reason, Content()) if found else (Outcome.UNEXTRACTABLE, why, Content())
    said = judged(_received(answer), declaration, declaration.url, content, None, None, NOTHING_KNOWN)
    return said.outcome, said.reason or None, content
