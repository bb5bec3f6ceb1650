"""What a channel is: something that takes a message to an address and says whether it arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from alerts.told import Message

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes. signing_secret: what a webhook's messages are signed with."""

    address: str
    signing_secret: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """The message that this one answers: its key, and what the channel called it, where the channel says that."""

    key: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side answered when it took the message. reference: what it calls the message, to answer in it."""

    text: str
    reference: str | None = None


class TransientFailure(Exception):
    """Not delivered, and may pass by itself or when the operator mends a setting.

    retry_after: not before this has passed, when the other side said so.
    """

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class PermanentFailure(Exception):
    """Will never be delivered. address_is_dead: nothing else will be either, so the subscription pauses."""

    def __init__(self, reason: str, *, address_is_dead: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.address_is_dead = address_is_dead


class Channel(Protocol):
    """One way to reach a person. Knows nothing of the database, of retries or of other channels."""

    @property
    def name(self) -> str: ...

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """Hands the message over; returns only after the other side took it.

        key: stays the same when the same message is sent again, and travels with it so that twice looks like once.
        thread: the message it answers, None for one that opens a thread.
        Raises TransientFailure or PermanentFailure.
        """
        ...
