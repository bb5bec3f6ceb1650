"""What a mail looks like: the HTML part of real messages, at phone and desk width, light and dark.

    python benchmarks/mail_looks.py [--into docs] [--database FILE] [--chromium /usr/bin/chromium]

Replays the demo archive (or opens a database where that was done), writes the message of one change, of several and
of a digest, and says in plain text what the first says without HTML. Playwright shows them in Chromium: what a mail
asks for is noted. Ends with 1 where one asked for anything, or where one is wider than its screen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from alerts.digests.compiling import digest_for
from alerts.digests.message import digest_message
from alerts.message import Message, changes_message
from alerts.week import parse_period
from store.database import Database, open_database
from store.history import change, changes
from store.subscriptions import NewSubscription, Session, Subscription, add
from store.views import ChangeFilter

ROOT = Path(__file__).resolve().parent.parent
BASE_URL = "https://tocsin.example.org"
SCREENS = {"phone": (375, 812), "desk": (1280, 900)}
FEWER = (("desk", "light"),)  # pictures of the further messages
TERMS, LIST = "example-ai-terms", "example-ai-regions"


def replayed(file: Path) -> Database:
    """The database of the demo archive, replayed where the file is not there yet."""
    address = f"sqlite:///{file}"
    if not file.exists():
        settings = {"TOCSIN_DATABASE_URL": address, "TOCSIN_SOURCES": str(ROOT / "tocsin/demo/sources")}
        command = [str(Path(sys.executable).with_name("tocsin")), "replay", str(ROOT / "tocsin/demo")]
        subprocess.run(command, env=os.environ | settings, check=True, stdout=subprocess.DEVNULL)
    return open_database(address)


def messages(database: Database) -> dict[str, Message]:
    """The messages to look at, by the name of their picture."""
    with database.begin() as session:
        wish = NewSubscription("email", "ada@example.org", watched=("HK",))
        reader = add(session, wish, datetime(2024, 6, 1, tzinfo=UTC))
        terms, losses = _last(session, TERMS, "9 July"), _last(session, LIST, "HK")
        found = {
            "mail": changes_message([change(session, terms)], reader, BASE_URL),
            "mail-several": _several(session, reader, terms, losses),
            "mail-digest": _digest(session, reader),
        }
        session.rollback()
    return found


def _digest(session: Session, reader: Subscription) -> Message:
    """The week in which the founding case came to its end."""
    week, after = parse_period("2024-W28"), datetime(2024, 7, 15, 6, tzinfo=UTC)
    return digest_message(digest_for(session, week, reader.timezone, reader.filters, after), reader, BASE_URL)


def _last(session: Session, source: str, names: str) -> str:
    """The address of the last change of a source whose findings name something."""
    views = changes(session, ChangeFilter(source=source))
    return [view.address for view in views if names in str(view.findings)][-1]


def _several(session: Session, reader: Subscription, *addresses: str) -> Message:
    return changes_message([change(session, address) for address in addresses], reader, BASE_URL)


def shown(browser: Browser, message: Message, into: Path, name: str) -> list[str]:
    """Pictures of a message on every screen; what is wrong with how it looks."""
    problems = []
    for scheme in ("light", "dark"):
        for screen, (width, height) in SCREENS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.set_content(message.html)
            picture = page.screenshot(full_page=True)
            if name == "mail" or (screen, scheme) in FEWER:
                few_colours = Image.open(BytesIO(picture)).convert("RGB").quantize(128)
                few_colours.save(into / f"{name}-{screen}-{scheme}.png", optimize=True)
            across = page.evaluate("document.documentElement.scrollWidth")
            problems += [f"{name}: {screen} is {across} px wide"] if across > width else []
            problems += [f"{name}: asks for {url}" for url in asked]
            page.close()
    return problems


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--into", type=Path, default=ROOT / "docs")
    asked.add_argument("--database", type=Path)
    asked.add_argument("--chromium", default="/usr/bin/chromium")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = replayed(given.database or Path(folder) / "demo.db")
        found = messages(database)
        database.close()
    problems = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=given.chromium, args=["--no-sandbox", "--disable-lcd-text"]
        )
        for name, message in found.items():
            problems += shown(browser, message, given.into, name)
        browser.close()
    print(found["mail"].text)
    print(*(problems or ["every message keeps to its screen and asks for nothing"]), sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
