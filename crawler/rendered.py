"""How a visit ends whose plain answer lacks what was declared, when a browser has run the page's scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from crawler.answers import RENDERED, Fetched, NotFetched
from crawler.declaration import Declaration
from crawler.known import Known
from crawler.twins import same
from crawler.verdict import is_html
from crawler.visit import Pace, declared, ended, read_once
from store.archive import Visited
from store.capture_kind import CaptureKind
from store.sources import DueSource
from store.values import Content, Outcome

_LESS_THAN_DECLARED = frozenset({Outcome.UNEXTRACTABLE, Outcome.IMPLAUSIBLE})


def wants_browser(source: DueSource, visited: Visited) -> Fetched | None:
    """The plain answer to be rendered: a shell, or a page without what was declared, where the declaration lets us.

    A challenge, a wall or an error is none of these: it is left as it is.
    """
    received = visited.received
    if received is None or received.status != 200 or not declared(source.slug, source.text).browser:
        return None
    answer = Fetched(received.url, received.status, dict(received.headers), received.body)
    return answer if _lacks_scripts(answer, visited.outcome, visited.reason) else None


def _lacks_scripts(answer: Fetched, outcome: Outcome | None, reason: str | None) -> bool:
    kind = CaptureKind.of(reason)
    shell = outcome is not None and not outcome.good and kind is CaptureKind.SHELL
    if not shell and (kind is not None or outcome not in _LESS_THAN_DECLARED):
        return False
    return is_html(answer.headers, answer.body)


async def tried(
    declaration: Declaration, answer: Fetched, render: Callable[[Fetched], Awaitable[Fetched | NotFetched]]
) -> tuple[Outcome | None, str | None, Content]:
    """How a first visit with this answer would end and what it reads, rendered where a visit would; outcome None means
    that it would be a version."""
    outcome, reason, content = read_once(declaration, answer)
    if answer.status != 200 or not declaration.browser or not _lacks_scripts(answer, outcome, reason):
        return outcome, reason, content
    seen = await render(answer)
    if isinstance(seen, NotFetched):
        return outcome, f"{reason}; not rendered: {seen.reason}", content
    outcome, rendered, content = read_once(declaration, seen)
    return outcome, f"{rendered}; seen in a browser" if outcome else f"read in a browser; plainly: {reason}", content


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
