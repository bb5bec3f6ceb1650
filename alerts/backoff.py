"""When a delivery that failed is tried again, and when it is given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

ATTEMPTS_AT_MOST = 10
STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=22),
)
JITTER = 0.1  # of the step, either way: many failures at once must not come back at once
_TRUSTED_TIMES = 3
_LONGEST_WAIT = timedelta(hours=24)


def wait_after(attempts: int, retry_after: timedelta | None, rng: Random) -> timedelta | None:
    """How long to wait after the given number of failed attempts (1 is the first); None: give up.

    What the other side asked for is obeyed: it is the wait of the first three failures, and later one of two lower
    bounds, so that an address that says "in a second" for ever does not use up its attempts in ten seconds.
    """
    if attempts >= ATTEMPTS_AT_MOST:
        return None
    if retry_after is not None and attempts <= _TRUSTED_TIMES:
        return max(retry_after, timedelta(seconds=1))
    step = STEPS[min(attempts, len(STEPS)) - 1]
    return max(step * rng.uniform(1 - JITTER, 1 + JITTER), retry_after or timedelta(0))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After as RFC 9110 10.2.3 has it, seconds or a date, at most a day; None when absent or unreadable."""
    named = {name.lower(): value for name, value in headers.items()}
    value = named.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError, OverflowError):  # no date, or one that no calendar holds
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta(0)), _LONGEST_WAIT)
