"""The `tocsin` command: puts the groups of commands together and turns named errors into one clear line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Annotated

import structlog
import typer

from tocsin.commands import declared, outbox, reading, reviewing, stories, subscribed, subscribing, watching

app = typer.Typer(
    help="Tocsin rings when the rules of access change.", no_args_is_help=True, pretty_exceptions_enable=False
)
for command in (
    watching.run,
    watching.once,
    watching.visit,
    declared.sources,
    reading.history,
    stories.stories,
    reading.availability,
    reading.show,
    reading.compare,
    subscribing.subscribe,
    subscribing.subscriptions,
    subscribing.unsubscribe,
    reading.digest,
    watching.replay,
    watching.status,
):
    app.command()(command)
app.add_typer(declared.source, name="source")
app.add_typer(outbox.delivery, name="delivery")
app.add_typer(subscribed.subscription, name="subscription")
app.add_typer(reviewing.review, name="review")


@app.callback()
def configure(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every step to stderr.")] = False,
) -> None:
    """Tocsin rings when the rules of access change."""
    log_to_stderr(logging.INFO if verbose else logging.WARNING)


def log_to_stderr(level: int) -> None:
    """Sends Tocsin's own log and the libraries' to stderr, from a level up."""
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
    )


def main(words: Sequence[str] | None = None) -> None:
    """Runs a command (the process's own words when None) and exits.

    What a person can mend ends as one line on stderr and exit code 2.
    """
    try:
        app(words)
    except _mendable() as error:
        sys.stderr.write(f"tocsin: {error}\n")
        raise SystemExit(2) from error


def _mendable() -> tuple[type[Exception], ...]:
    from alerts.bounce import TooSoon
    from alerts.week import NotAPeriod
    from crawler.captures import ArchiveError
    from crawler.declaration import DeclarationError
    from detector.encoder import EncoderUnavailable
    from store.database import DatabaseUnavailable
    from store.history import NoSuchChange
    from store.outbox_views import NoSuchDelivery
    from store.reviews import InvalidReview
    from store.subscriptions import InvalidSubscription, NoSuchSubscription
    from tocsin.asked import BadParameter
    from tocsin.comparing import UnreadableFile
    from tocsin.settings import SettingsError

    return (
        ArchiveError,
        BadParameter,
        DatabaseUnavailable,
        DeclarationError,
        EncoderUnavailable,
        TooSoon,
        InvalidReview,
        InvalidSubscription,
        NoSuchChange,
        NoSuchDelivery,
        NoSuchSubscription,
        NotAPeriod,
        SettingsError,
        UnreadableFile,
    )


if __name__ == "__main__":
    main()
