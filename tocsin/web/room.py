"""What every page is given: the database, the clock and the templates; and how a page is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.words import clean, counted, instant, plain_day, safe_link, short
from store.database import Database
from store.territory import is_code, territory_name
from tocsin.web import words


def environment() -> Environment:
    """Templates that escape everything: what a page said is text, never markup."""
    made = Environment(
        loader=PackageLoader("tocsin.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clean": clean,
        "short": short,
        "counted": counted,
        "instant": instant,
        "plain_day": plain_day,
        "link": safe_link,
        "iso": words.iso,
        "stamp": words.stamp,
        "every": words.every,
        "territory": territory_in_words,
        "state": words.state,
        "state_in_words": words.state_in_words,
        "kind_label": words.kind_label,
        "before_and_after": words.before_and_after,
    }
    made.globals |= {"REVIEWS": words.REVIEWS, "STEPS": words.STEPS}
    made.globals |= {"ago": words.ago, "HELD": words.HELD, "KINDS": words.KINDS, "ANSWERS": words.ANSWERS}
    return made


def territory_in_words(code: str) -> str:
    """ "Hong Kong (HK)"."""
    return f"{territory_name(code)} ({code})" if is_code(code) else clean(code)


@dataclass(frozen=True)
class Room:
    """One web app's surroundings. clock tells now, so that a past can be shown as it was. mails: it can send e-mail.

    subscriptions_a_day: how many it takes within a day from whoever asks; None: any number.
    """

    database: Database
    clock: Callable[[], datetime]
    base_url: str | None = None
    mails: bool = True
    subscriptions_a_day: int | None = None
    templates: Environment = field(default_factory=environment)

    def page(self, template: str, parts: Mapping[str, object], status: int = 200) -> HTMLResponse:
        """A whole HTML page."""
        given = {"now": self.clock(), "base_url": self.base_url, **parts}
        return HTMLResponse(self.templates.get_template(template).render(given), status)
