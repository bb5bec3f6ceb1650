"""Puts the rooms together: from settings to a database, declarations, a gate, an engine, an encoder and channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.declaration import Declaration, load_folders
from crawler.gate import Gate, Refused
from store.database import Database, open_database
from store.sources import declare
from tocsin.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from alerts.channel import Channel
    from alerts.turns import Turns
    from crawler.engine import Engine
    from crawler.visit import Pace
    from detector.encoder import Encoder


_MARGIN = timedelta(seconds=30)


def now() -> datetime:
    """The clock of everything that runs live."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class App:
    """One process's view of the house. Nothing heavy is imported before it is needed."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = now

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The enabled declarations of the folders in force. Raises DeclarationError."""
        return tuple(found for found in load_folders(self.settings.sources) if found.enabled)

    @cached_property
    def gate(self) -> Gate:
        return Gate(allow_hosts=self.settings.allow_hosts)

    @cached_property
    def pace(self) -> Pace:
        from crawler.visit import Pace

        return Pace(
            confirm_after=timedelta(seconds=self.settings.confirm_after),
            unconditional_every=self.settings.unconditional_every,
        )

    @cached_property
    def encoder(self) -> Encoder | None:
        """The embedding model, loaded when first asked; None where the setting says 'none'."""
        from detector.encoder import packaged_encoder

        return None if self.settings.model == "none" else packaged_encoder(self.settings.model)

    def declare(self) -> None:
        """Brings the source rows in line with the declarations in force."""
        from crawler.visit import spec

        with self.database.begin() as session:
            declare(session, [spec(declaration) for declaration in self.declarations], self.clock())

    def engine(self) -> Engine:
        from crawler.browser.rendering import Browser
        from crawler.engine import Engine, Limits
        from crawler.politeness import HostTurns

        longest = timedelta(seconds=self.settings.timeout)
        gap = timedelta(seconds=self.settings.gap)
        turns = HostTurns(self.database, self.clock, gap=gap, longest=longest, lease=2 * longest + _MARGIN)
        limits = Limits(body=self.settings.max_bytes, seconds=self.settings.timeout)
        browser = Browser(self.settings.chromium)
        return Engine(self.gate, turns, self.settings.contact, limits, browser=browser, clock=self.clock)

    @cached_property
    def slack_turns(self) -> Turns:
        """Kept for the life of the process: Slack's pace knows no rounds."""
        from alerts.turns import Turns

        return Turns()

    def channels(self) -> dict[str, Channel]:
        """The channels that can send: e-mail where TOCSIN_SMTP_URL is set, the others always."""
        from alerts.channels import open_channels

        try:
            return open_channels(
                smtp_url=self.settings.smtp_url,
                mail_from=self.settings.mail_from,
                dkim_key=self.settings.dkim_key,
                dkim_selector=self.settings.dkim_selector,
                slack_token=self.settings.slack_token,
                slack_buttons=bool(self.settings.slack_signing_secret),
                slack_api=self.settings.slack_api,
                slack_turns=self.slack_turns,
                session=self.gate.session,
                clock=self.clock,
                forbidden=(Refused,),
                apprise_program=("-m", "tocsin.apprise_process"),
                allow_hosts=self.settings.allow_hosts,
            )
        except ValueError as error:
            raise SettingsError(f"TOCSIN_SMTP_URL, TOCSIN_MAIL_FROM or TOCSIN_DKIM_KEY: {error}") from error


@contextmanager
def opened() -> Iterator[App]:
    """The house as the settings say, with its database migrated. Raises SettingsError, DatabaseUnavailable."""
    settings = read_settings()
    database = open_database(settings.database_url)
    try:
        yield App(settings, database)
    finally:
        database.close()
