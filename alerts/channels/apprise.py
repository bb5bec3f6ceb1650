"""Everything else (Teams, Discord, Telegram, WeCom, Feishu, SMS, ...): a short text through the library apprise."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict

from alerts.apprise_sending import FAILED, MISSING, SENT, Order, is_local
from alerts.channel import PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.plain import affected_line
from alerts.told import Message
from alerts.words import clean
from store.interests import InvalidSubscription

TIMEOUT = 45  # seconds for the process; apprise itself waits 4 s for a connection and 4 s for an answer
# A chat takes these for calls to everybody, to a person or to a group. Page text must not call anybody.
_CALLS = re.compile(r"(?<=[@<])(?=[\w!@#&])")
_JOINER = "\u2060"  # is not seen


class AppriseChannel:
    """Sends to any address that apprise knows.

    program: arguments of Python that start alerts.apprise_sending.main with the outbound gate's judgement of
    addresses. allow_hosts: hosts, or host:port, that the gate lets through unchecked.
    """

    name = "apprise"

    def __init__(
        self, program: Sequence[str], *, allow_hosts: frozenset[str] = frozenset(), timeout: float = TIMEOUT
    ) -> None:
        self._program = tuple(program)
        self._allow_hosts = tuple(sorted(allow_hosts))
        self._timeout = timeout

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """See alerts.channel.Channel. apprise has no threads, and says only whether a service took a message."""
        outcome, reason = await self._sent(order_of(message, to.address, key, self._allow_hosts))
        if outcome == SENT:
            return Receipt("taken")
        if outcome in (FAILED, MISSING):
            raise TransientFailure(f"apprise: {reason}")
        raise PermanentFailure(f"apprise: {reason}")

    async def _sent(self, order: Order) -> tuple[str, str]:
        # Nothing of our environment: it holds secrets, and names proxies that would go around the gate.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            *self._program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONUTF8": "1"},
        )
        try:
            async with asyncio.timeout(self._timeout):
                answer, _nothing = await process.communicate(json.dumps(asdict(order)).encode())
        except TimeoutError as error:
            raise TransientFailure(f"apprise was not done within {self._timeout:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _outcome(answer)


def _outcome(answer: bytes) -> tuple[str, str]:
    try:
        told = json.loads(answer)
    except ValueError:  # it broke: what it wrote instead may hold the address, and is not repeated
        return FAILED, "its process ended without an answer"
    return str(told["outcome"]), str(told["reason"])


def order_of(message: Message, address: str, key: str, allow_hosts: tuple[str, ...] = ()) -> Order:
    """What a chat has room for: the sentence, whom it affects, a line for each finding, the link."""
    affected = affected_line(tuple(dict.fromkeys(code for one in message.told for code in one.affected)))
    lines = [*([affected] if affected else []), *(f"- {line}" for line in message.findings)]
    return Order(
        address=address,
        title=calls_nobody(message.subject),
        opening=calls_nobody(message.first_line),
        lines=tuple(calls_nobody(line) for line in lines),
        link=message.link or message.url,
        key=key,
        allow_hosts=allow_hosts,
    )


def calls_nobody(text: str) -> str:
    """One clean line in which "@everyone" and "<!channel>" are text; they look the same."""
    return _CALLS.sub(_JOINER, clean(text))


def known_address(address: str) -> str:
    """The address, when apprise can send to it. Raises InvalidSubscription; its text does not repeat the address.

    Asks nobody: apprise reads the address and nothing else happens.
    """
    schema = clean(address.partition(":")[0])[:40]
    try:
        import apprise
        from apprise.manager_plugins import NotificationManager
    except ImportError as error:
        allowed = "install Tocsin with the extra 'channels'"
        raise InvalidSubscription("channel", "apprise", allowed) from error
    if is_local(address):
        raise InvalidSubscription("address", f"{schema}://...", "it would act on the machine that Tocsin runs on")
    if apprise.Apprise.instantiate(address) is not None:
        return address
    if schema.lower() in NotificationManager().schemas():  # type: ignore[no-untyped-call]
        allowed = f"apprise misses a part of it; its documentation says what stands behind {schema}://"
    else:
        allowed = "apprise knows no such service; it knows discord://, tgram://, wecombot://, and others that it lists"
    raise InvalidSubscription("address", f"{schema}://...", allowed)
