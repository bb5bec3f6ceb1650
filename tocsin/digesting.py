"""Which digest was asked for, and how it is given: for the command line and the pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.digests.values import Digest, Known
from alerts.week import Day, Week, parse_period
from store.interests import known_timezone
from store.subscriptions import Filters, Session, Subscription, subscription
from tocsin.asked import BadParameter

if TYPE_CHECKING:
    from tocsin.app import App


class Form(StrEnum):
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"


MEDIA = {
    Form.TEXT: "text/plain; charset=utf-8",
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A digest that somebody asked for. owner: whose reviews count."""

    period: Week | Day
    timezone: str
    filters: Filters
    owner: str | None = None
    locale: str = "en"

    def compiled(self, session: Session, known: Known, now: datetime) -> Digest:
        from alerts.digests.compiling import digest_for

        return digest_for(session, self.period, self.timezone, self.filters, now, known=known, owner=self.owner)


def of_subscription(subscription: Subscription, period: Week | Day) -> Wish:
    """What the subscription itself would get."""
    zone, filters = subscription.timezone, subscription.filters
    return Wish(period, zone, filters, subscription.owner, subscription.locale)


def of_filters(
    period: Week | Day, timezone: str, publisher: str | None, product: str | None, territory: str | None
) -> Wish:
    filters = Filters(
        publishers=(publisher,) if publisher else (),
        products=(product,) if product else (),
        territories=(territory,) if territory else (),
    )
    return Wish(period, known_timezone(timezone), filters)


def asked_digest(
    app: App,
    period: str | None,
    timezone: str,
    publisher: str | None,
    product: str | None,
    territory: str | None,
    number: int | None,
    now: datetime,
) -> Wish:
    """The digest that a command names; the last whole week when it names no period.

    Raises NotAPeriod, InvalidSubscription for an unknown time zone, NoSuchSubscription.
    """
    if number is None:
        zone = known_timezone(timezone)
        asked = parse_period(period) if period else Week.of(now, zone).before()
        return of_filters(asked, zone, publisher, product, territory)
    with app.database.read() as session:
        found = subscription(session, number)
    asked = parse_period(period) if period else Week.of(now, found.timezone).before()
    return of_subscription(found, asked)


def written(digest: Digest, form: Form, base_url: str | None = None) -> bytes:
    """The digest in a form, in the language in force: the same bytes for the same digest."""
    from alerts.digests.message import about, digest_html, digest_json, digest_text

    if form is Form.PDF:
        from alerts.digests.pdf import digest_pdf
        from alerts.digests.proof import document

        return digest_pdf(document(digest, base_url), about(digest))
    if form is Form.JSON:
        return (json.dumps(digest_json(digest), ensure_ascii=False, indent=2) + "\n").encode()
    said = digest_html(digest, base_url) if form is Form.HTML else digest_text(digest, base_url)
    return said.encode()


def kept(path: Path, said: bytes) -> None:
    """Writes a digest to a file. Raises BadParameter where the file cannot be written."""
    try:
        path.write_bytes(said)
    except OSError as error:
        raise BadParameter(
            "output", str(path), f"{error.strerror or error}; name a file in a folder that exists"
        ) from error
