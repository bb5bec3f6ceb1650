"""Webhooks: a signed JSON body to somebody's own program, as standardwebhooks.com says (specification 1.0.0)."""

from __future__ import annotations

import asyncio
import binascii
from collections.abc import Callable
from datetime import UTC

import aiohttp
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from alerts.backoff import retry_after
from alerts.channel import Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.payload import body
from alerts.told import Message
from alerts.words import clean, short

TIMEOUT = 20  # seconds; the specification recommends 15 to 30
_ANSWER_AT_MOST = 2048  # bytes read of an answer


class WebhookChannel:
    """Sends to any address that takes a POST.

    session: opens a client of the outbound gate for so many seconds; it is closed after each message. forbidden: what
    that client raises when it will not go to an address. timeout: seconds for the whole request.
    """

    name = "webhook"

    def __init__(
        self,
        session: Callable[[float], aiohttp.ClientSession],
        clock: Clock,
        *,
        forbidden: tuple[type[Exception], ...] = (),
        timeout: float = TIMEOUT,
    ) -> None:
        self._session = session
        self._clock = clock
        self._forbidden = forbidden
        self._timeout = timeout

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """See alerts.channel.Channel. Reasons never hold the address or the secret: an address may be one itself."""
        content = body(message, key, thread.key if thread else None)
        headers = self._signed(content, to.signing_secret, key)
        try:
            async with asyncio.timeout(self._timeout), self._session(self._timeout) as session:
                # A redirect is a failure: the specification asks senders to have the address mended instead.
                posted = session.post(to.address, data=content.encode(), headers=headers, allow_redirects=False)
                async with posted as answer:
                    return self._receipt(answer, await answer.content.read(_ANSWER_AT_MOST))
        except TimeoutError as error:
            raise TransientFailure(f"the webhook gave no answer within {self._timeout:g} s") from error
        except self._forbidden as error:
            raise PermanentFailure(f"the outbound gate refuses this webhook: {error}") from error
        except aiohttp.InvalidURL as error:
            raise PermanentFailure("the webhook address is not a web address") from error
        except aiohttp.ClientError as error:
            raise TransientFailure(f"the webhook could not be reached: {type(error).__name__}") from error

    def _signed(self, content: str, secret: str | None, key: str) -> dict[str, str]:
        now = self._clock().astimezone(UTC)
        return {
            "Content-Type": "application/json",
            "User-Agent": "Tocsin",
            "Accept-Encoding": "identity",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": _signer(secret).sign(key, now, content),
        }

    def _receipt(self, answer: aiohttp.ClientResponse, content: bytes) -> Receipt:
        """Taken, or which failure: 2xx is success, 410 ends it, everything else is tried again."""
        code, said = answer.status, short(clean(content.decode("utf-8", "replace")), 200)
        if 200 <= code < 300:
            return Receipt(f"{code} {said}".rstrip())
        if code == 410:
            raise PermanentFailure(f"the webhook wants nothing more: {code} {said}".rstrip())
        wait = retry_after(answer.headers, self._clock())
        what = "the webhook answers with a redirect, which is not followed" if code < 400 else "the webhook answers"
        raise TransientFailure(f"{what}: {code} {said}".rstrip(), wait)


def _signer(secret: str | None) -> Webhook:
    """Nothing ever leaves unsigned. Raises PermanentFailure for a subscription without a usable secret."""
    try:
        return Webhook(secret or "")
    except (EmptyWebhookSecretError, binascii.Error, ValueError) as error:
        raise PermanentFailure(
            "this subscription has no signing secret (whsec_...) that can be used: end it and make it anew"
        ) from error
