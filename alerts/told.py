"""What a message holds, whatever it is about and whichever channel carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.language import spoken
from alerts.sides import SideBySide
from store.values import Purpose, Severity

SUBJECT_AT_MOST = 150

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change as one reader is told of it; every text is one clean line.

    facts, evidence: (label, value). affected: codes of the reader's own territories that it touches. also: titles of
    further sources that show the same change. more_sides: places in the text that are not shown here. review: the
    reader's own page to acknowledge or dismiss it; its address holds the subscription's secret.
    """

    address: str
    sentence: str
    first_line: str
    severity: Severity
    facts: tuple[Row, ...]
    findings: tuple[str, ...]
    sides: tuple[SideBySide, ...]
    more_sides: int
    evidence: tuple[Row, ...]
    reasons: tuple[str, ...]
    source: str
    url: str | None
    link: str | None
    review: str | None = None
    affected: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """Ready for any channel. Every text is one clean line except text and html; html is escaped already.

    told: each change in full; findings and the fields beside it say the same in short for channels without room: of
    one change its findings, of several a sentence each. facts, evidence, links: (label, value).
    thread: id of a standing conversation, such as the weekly digests; a change has the thread its delivery names.
    why: why the reader gets this. ending: the secret that ends the subscription; unsubscribe: the page where one does
    that, None without one. changes: addresses of all changes in it, also those that are only counted. subscription:
    its number, which a button needs. locale: one of alerts.language.LOCALES. data: the structured part of a webhook's
    body (alerts/payload.py). purpose, at: what its delivery is for and when that was made (alerts/saying.py).
    """

    subject: str
    first_line: str
    severity: Severity
    text: str
    html: str
    facts: tuple[Row, ...] = ()
    findings: tuple[str, ...] = ()
    sides: tuple[SideBySide, ...] = ()
    more_sides: int = 0
    evidence: tuple[Row, ...] = ()
    reasons: tuple[str, ...] = ()
    links: tuple[Row, ...] = ()
    source: str = "Tocsin"
    url: str | None = None
    link: str | None = None
    thread: str = ""
    why: str = ""
    ending: str = ""
    unsubscribe: str | None = None
    told: tuple[ToldChange, ...] = ()
    changes: tuple[str, ...] = ()
    subscription: int | None = None
    locale: str = field(default_factory=spoken)
    data: Mapping[str, Any] | None = None
    purpose: Purpose | None = None
    at: datetime | None = None
