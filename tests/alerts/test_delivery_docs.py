"""Does docs/delivery.md tell every channel, state and wait that the code knows?"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.backoff import ATTEMPTS_AT_MOST, STEPS
from alerts.run import LEASE
from alerts.slack_blocks import BLOCKS, FIELD, HEADER, SECTION
from store.deliveries import OVERTAKEN_AFTER
from store.subscriptions import ChannelName
from store.values import DeliveryState

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "delivery.md").read_text("utf-8")
CHANNELS = sorted(path.name for path in (ROOT / "alerts" / "channels").glob("*.py") if path.name != "__init__.py")


@pytest.mark.parametrize("file", CHANNELS)
def test_every_channel_file_is_documented(file):
    assert f"### `{file.removesuffix('.py')}` (alerts/channels/{file})" in PAGE


@pytest.mark.parametrize("name", list(ChannelName))
def test_every_channel_one_can_subscribe_by_is_a_file(name):
    assert f"{name}.py" in CHANNELS


@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_state_is_documented(state):
    assert f"| `{state}` |" in PAGE


def test_the_back_off_table_is_the_codes():
    written = dict(re.findall(r"^\| ([\d, ]+) \| (\S+ (?:min|h)|dead) \|$", PAGE, re.MULTILINE))
    rows = {int(number): wait for numbers, wait in written.items() for number in numbers.split(",")}
    assert rows.pop(ATTEMPTS_AT_MOST) == "dead"
    assert rows == {n: _written(STEPS[min(n, len(STEPS)) - 1]) for n in range(1, ATTEMPTS_AT_MOST)}


def _written(step: timedelta) -> str:
    minutes = int(step.total_seconds() // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h"


def test_the_numbers_are_the_codes():
    assert f"a lease of {int(LEASE.total_seconds() // 60)} minutes" in PAGE
    assert f"first {OVERTAKEN_AFTER} failures" in PAGE
    assert f"{BLOCKS} blocks, {SECTION:,} characters in a section, {FIELD:,} in a" in PAGE
    assert f"field, {HEADER} in a header" in PAGE
