"""How a visit ends whose plain answer lacks what was declared, when a browser has run the page's scripts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.answers import RENDERED, Fetched, NotFetched
from crawler.known import Known
from crawler.twins import same
from crawler.verdict import is_html
from crawler.visit import Pace, declared, ended
from store.archive import Visited
from store.capture_kind import CaptureKind
from store.sources import DueSource
from store.values import Outcome

_LESS_THAN_DECLARED = frozenset({Outcome.UNEXTRACTABLE, Outcome.IMPLAUSIBLE})


def wants_browser(source: DueSource, visited: Visited) -> Fetched | None:
    """The plain answer to be rendered: a shell, or a page without what was declared, where the declaration lets us.

    A challenge, a wall or an error is none of these: it is left as it is.
    """
    received = visited.received
    if received is None or received.status != 200 or not declared(source.slug, source.text).browser:
        return None
    kind = CaptureKind.of(visited.reason)
    shell = not visited.outcome.good and kind is CaptureKind.SHELL
    if not shell and (kind is not None or visited.outcome not in _LESS_THAN_DECLARED):
        return None
    if not is_html(received.headers, received.body):
        return None
    return Fetched(received.url, received.status, dict(received.headers), received.body)


def as_rendered(
    source: DueSource, plain: Visited, answer: Fetched | NotFetched, known: Known, at: datetime, pace: Pace
) -> Visited:
    """The end of a visit whose plain answer was rendered. plain: how it ended without.

    No validators are kept: a shell is unchanged while what its scripts bring changes.
    """
    if isinstance(answer, NotFetched):
        return replace(plain, reason=f"{plain.reason}; not rendered: {answer.reason}")
    found = either_edition(source, answer, False, known, at, pace)
    if not found.outcome.good:
        return replace(found, reason=f"{found.reason}; seen in a browser")
    reason = f"read in a browser; plainly: {plain.reason}"
    return replace(found, reason=reason, etag=None, last_modified=None)


def either_edition(
    source: DueSource, answer: Fetched | NotFetched, conditional: bool, known: Known, at: datetime, pace: Pace
) -> Visited:
    """The end of a visit that reads the page plainly or rendered. Where the last version was read the other way and
    says the same, the difference is none of the source's, and the new version is technical."""
    if isinstance(answer, NotFetched) or answer.status == 304 or not declared(source.slug, source.text).browser:
        return ended(source, answer, conditional, known, at, pace)
    standing = known.current()
    if standing is not None and (RENDERED in standing.snapshot.headers) != (RENDERED in answer.headers):
        alone = ended(source, answer, conditional, replace(known, current=lambda: None), at, pace)
        if alone.content is not None and same(standing.content, alone.content):
            return replace(alone, technical=True, due_at=at + source.every)
    return ended(source, answer, conditional, known, at, pace)
