"""What a subscription is: the wish as a person states it, checked, and as it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from store import interests
from store.interests import InvalidSubscription
from store.values import Severity

DIGESTS = ("daily", "weekly")
# How the reason of a pause begins that somebody wished for; every other pause is of an address where nothing arrives.
BY_OWNER, BY_OPERATOR = "paused by its owner", "paused by the operator"
_DAY = 86_400
# Seconds, least and most. Nobody is served by a reminder a second after the message, or by a group of a month.
_SPANS = {
    "group_wait": (0, _DAY),
    "group_interval": (0, 7 * _DAY),
    "remind_after": (60, 30 * _DAY),
}


def is_wished(reason: str | None) -> bool:
    """Whether somebody wished the pause of which this is the reason."""
    return (reason or "").startswith((BY_OWNER, BY_OPERATOR))


class ChannelName(StrEnum):
    EMAIL = "email"
    SLACK = "slack"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


ADDRESS_CHECKS: Mapping[ChannelName, Callable[[str], str]] = {
    ChannelName.EMAIL: interests.mail_address,
    ChannelName.SLACK: interests.slack_address,
    ChannelName.WEBHOOK: interests.webhook_address,
    ChannelName.APPRISE: interests.apprise_address,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a subscription wants; an empty tuple matches everything. watched filters nothing: it raises severity."""

    publishers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_severity: Severity = Severity.INFO
    languages: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A wish as a person states it: territories as codes or names, kinds as source or finding kinds.

    languages: of sources. watched: the person's own territories, which raise the severity of what touches them. locale:
    of messages. digest: None for at once, "daily" or "weekly". timezone: an IANA name, for digests and quiet hours.
    quiet_from, quiet_to: "22:00", both or none. group_wait, group_interval, remind_after: seconds, or "5m", "4h", "2d".
    escalate_to: number of the subscription that hears of critical changes nobody reviewed. team: whoever names the same
    one shares its reviews. operator: to hear of troubles with watching (store.promises) and of no change; takes no
    filter.
    """

    channel: str
    address: str
    publishers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    min_severity: str = Severity.INFO
    digest: str | None = None
    timezone: str = "UTC"
    operator: bool = False
    languages: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    locale: str = "en"
    quiet_from: str | None = None
    quiet_to: str | None = None
    group_wait: int | str | None = None
    group_interval: int | str | None = None
    remind_after: int | str | None = None
    escalate_to: int | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A stored wish. secret manages it without logging in; whoever holds it may end this subscription and nothing else.

    feed_secret reads its calendar and its feed and changes nothing; signing_secret signs what a webhook receives.
    """

    id: int
    channel: ChannelName
    address: str
    publishers: tuple[str, ...]
    products: tuple[str, ...]
    territories: tuple[str, ...]
    kinds: tuple[str, ...]
    min_severity: Severity
    digest: str | None
    timezone: str
    secret: str
    created_at: datetime
    paused_at: datetime | None = None
    paused_reason: str | None = None
    ended_at: datetime | None = None
    operator: bool = False
    team: str | None = None
    languages: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    locale: str = "en"
    quiet_from: str | None = None
    quiet_to: str | None = None
    group_wait: int | None = None
    group_interval: int | None = None
    remind_after: int | None = None
    escalate_to: int | None = None
    feed_secret: str = ""
    signing_secret: str | None = None
    confirmed_at: datetime | None = None

    @property
    def active(self) -> bool:
        return self.confirmed_at is not None and self.paused_at is None and self.ended_at is None

    @property
    def waits_for_its_address(self) -> bool:
        """It is paused because nothing arrives there any more: nobody wished it, so what comes meanwhile waits."""
        unwished = self.paused_at is not None and not is_wished(self.paused_reason)
        return unwished and replace(self, paused_at=None).active

    @property
    def state(self) -> str:
        """ "ended", "paused", "unconfirmed" or "active"; the first that is so."""
        if self.ended_at is not None:
            return "ended"
        if self.paused_at is not None:
            return "paused"
        return "active" if self.confirmed_at is not None else "unconfirmed"

    @property
    def owner(self) -> str:
        """Whose reviews its changes have: the team's, else its own."""
        return f"team:{self.team}" if self.team else f"subscription:{self.id}"

    @property
    def filters(self) -> Filters:
        return Filters(
            self.publishers,
            self.products,
            self.territories,
            self.kinds,
            self.min_severity,
            self.languages,
            self.watched,
        )


def checked(new: NewSubscription) -> NewSubscription:
    """The wish as it is stored: names folded, territories as codes, lengths of time in seconds.

    Raises InvalidSubscription naming the field and what is allowed. Whether escalate_to exists the database knows.
    """
    if new.channel not in list(ChannelName):
        raise InvalidSubscription("channel", new.channel, "allowed: " + ", ".join(ChannelName))
    if new.min_severity not in list(Severity):
        raise InvalidSubscription("min_severity", new.min_severity, "allowed: " + ", ".join(Severity))
    if new.digest is not None and new.digest not in DIGESTS:
        raise InvalidSubscription("digest", str(new.digest), f"allowed: {', '.join(DIGESTS)}, or none for at once")
    if new.operator and (new.digest or _narrowed(new)):
        raise InvalidSubscription("operator", "with a filter or digest", "an operator hears of every trouble, at once")
    quiet_from, quiet_to = interests.quiet_hours(new.quiet_from, new.quiet_to)
    return replace(
        new,
        address=ADDRESS_CHECKS[ChannelName(new.channel)](new.address),
        publishers=interests.names("publisher", new.publishers),
        products=interests.names("product", new.products),
        territories=_codes("territory", new.territories),
        kinds=tuple(sorted({interests.known_kind(kind) for kind in interests.few("kind", new.kinds)})),
        timezone=interests.known_timezone(new.timezone),
        languages=tuple(sorted({interests.known_language(one) for one in interests.few("language", new.languages)})),
        watched=_codes("watched", new.watched),
        locale=interests.known_locale(new.locale),
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        team=interests.one_line("team", new.team, 80) or None if new.team is not None else None,
        group_wait=interests.seconds("group_wait", new.group_wait, *_SPANS["group_wait"]),
        group_interval=interests.seconds("group_interval", new.group_interval, *_SPANS["group_interval"]),
        remind_after=interests.seconds("remind_after", new.remind_after, *_SPANS["remind_after"]),
    )


def wish(wanted: NewSubscription | Subscription) -> tuple[object, ...]:
    """What makes two subscriptions the same one: where to, of what, how often; the time zone counts only for a digest.

    How it is told (quiet hours, language of messages, team) does not: who asks again with others means this one.
    """
    address = wanted.address.casefold() if wanted.channel == ChannelName.EMAIL else wanted.address
    named = (tuple(name.casefold() for name in part) for part in (wanted.publishers, wanted.products))
    return (
        str(wanted.channel),
        address,
        *named,
        wanted.territories,
        wanted.kinds,
        wanted.languages,
        wanted.watched,
        str(wanted.min_severity),
        wanted.digest,
        wanted.operator,
        wanted.timezone if wanted.digest else None,
    )


def _narrowed(new: NewSubscription) -> bool:
    return bool(new.publishers or new.products or new.territories or new.kinds or new.languages or new.watched)


def _codes(field: str, written: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({interests.known_territory(name, field) for name in interests.few(field, written)}))
