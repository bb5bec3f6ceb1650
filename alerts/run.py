"""The conductor of alerts: what is to be told (alerts.announcing), and how it goes out (alerts.posting)."""

from __future__ import annotations

from alerts.announcing import APART, GATHER, announce, announce_change, compile_digests, pass_over, tell_operators
from alerts.grouping import AT_ONCE, Timers
from alerts.posting import LEASE, Delivered, deliver, next_post

__all__ = [
    "APART",
    "AT_ONCE",
    "GATHER",
    "LEASE",
    "Delivered",
    "Timers",
    "announce",
    "announce_change",
    "compile_digests",
    "deliver",
    "next_post",
    "pass_over",
    "tell_operators",
]
