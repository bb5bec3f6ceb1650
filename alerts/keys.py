"""The names that make a message the same message when it is sent twice, and that keep a conversation together."""

from __future__ import annotations

import hashlib
import uuid


def delivery_key(secret: str, about: str) -> str:
    """The idempotency key of what one subscription is told about a change ("3..7"), a week ("2024-W28")
    or the troubles of a bulletin (alerts.troubles.what_is_told).

    Made of the subscription's secret and not of its number: two databases count from one, and a mail program must not
    take a message of the second for a repetition from the first. Stable for ever, says nothing of the secret.
    """
    return _name(f"delivery\n{secret}\n{about}")


def thread_key(secret: str, source: str) -> str:
    """The id that all messages about one source share in one subscription's mailbox."""
    return _name(f"thread\n{secret}\n{source}")


def _name(text: str) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=5))
