"""What a verdict is: the kind of capture, the outcome of the visit and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass

from store.capture_kind import CaptureKind
from store.values import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """outcome None: this is the page. kind is None for a plain refusal, such as an HTTP status.

    passing: only how little is left of the last good version speaks against it; seen alike often enough, it is the
    page after all.
    """

    outcome: Outcome | None
    reason: str = ""
    kind: CaptureKind | None = None
    passing: bool = False


THE_PAGE = Verdict(None, kind=CaptureKind.PAGE)


def refused(kind: CaptureKind, why: str, detail: str = "", *, passing: bool = False) -> Verdict:
    """The verdict that a capture is not the page. detail: the service behind it, in brackets."""
    outcome = Outcome.IMPLAUSIBLE if passing or kind is CaptureKind.PARTIAL else Outcome.BLOCKED
    named = f"{kind.value} ({detail})" if detail else kind.value
    return Verdict(outcome, f"{named}: {why}" if why else named, kind, passing)
