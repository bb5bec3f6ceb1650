"""What a capture turned out to be: the page, or one of six things that are not the page."""

from __future__ import annotations

from enum import StrEnum


class CaptureKind(StrEnum):
    """The reason of a visit that was refused begins with the value, so the kinds can be counted without a column."""

    PAGE = "page"
    CHALLENGE = "challenge"
    WALL = "consent or login wall"
    GEOBLOCK = "geoblock"
    ERROR = "error dressed as 200"
    SHELL = "empty shell"
    PARTIAL = "partial"

    @classmethod
    def of(cls, reason: str | None) -> CaptureKind | None:
        """The kind that a visit's reason names; None where it names none (a status, a time-out, a shortfall)."""
        return next((kind for kind in cls if reason and reason.split(":")[0].split(" (")[0] == kind.value), None)
