"""Which Chromium there is to run, or in one line why there is none."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFF = "none"


class NoBrowser(Exception):
    """No page can be rendered here. Passes when the operator installs what the text names."""


def chromium(named: str | None) -> str:
    """The browser's executable. named: a path or a name, OFF, or None to look for the usual names.

    Raises NoBrowser.
    """
    if named == OFF:
        raise NoBrowser("the browser is switched off (TOCSIN_CHROMIUM=none)")
    if find_spec("playwright") is None:
        raise NoBrowser("Playwright is not installed (install the extra: tocsin[browser])")
    for name in (named,) if named else NAMES:
        if found := shutil.which(name):
            return found
    looked_for = named or ", ".join(NAMES)
    raise NoBrowser(f"no browser was found as {looked_for} (install Debian's chromium, or set TOCSIN_CHROMIUM)")
