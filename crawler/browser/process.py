"""The one browser process: how it is started, what it may use, and how it ends.

Nothing of it reaches the network by itself: its proxy is a port where nobody listens, it resolves no name, and neither
QUIC nor WebRTC may go round the proxy. What a page asks for is brought to it by crawler.browser.requests.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.browser.found import NoBrowser

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

MB = 1 << 20
_HEAP = 256  # MB of objects that a page's scripts may make
_LARGEST_PROCESS = 400 * MB
_LOOK_EVERY = 0.1  # seconds
_START = 20.0  # seconds
_STOP = 5.0
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR")  # of our environment, which holds secrets
_ARGUMENTS = (
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",  # the same, as newer versions call it
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-gpu",
    "--disable-remote-fonts",
    "--block-new-web-contents",
    "--disable-site-isolation-trials",  # frames bring nothing, and each would be a process
    "--renderer-process-limit=1",
    "--blink-settings=imagesEnabled=false",
    f"--js-flags=--max-old-space-size={_HEAP}",
)


@dataclass(frozen=True)
class Chromium:
    """A running browser. memory: bytes that its processes may hold together, files that they share not counted."""

    browser: Browser
    driver: Playwright
    pid: int
    memory: int

    @property
    def name(self) -> str:
        return f"Chromium {self.browser.version}"

    @property
    def running(self) -> bool:
        return self.browser.is_connected()

    async def outgrown(self) -> None:
        """Returns once the browser holds more memory than it may."""
        while held(self.pid) <= self.memory:
            await asyncio.sleep(_LOOK_EVERY)

    async def stop(self) -> None:
        """Closes the browser; one that does not close in time is killed."""
        with suppress(Exception):  # whatever it says, it is killed
            async with asyncio.timeout(_STOP):
                await self.browser.close()
        self.kill()
        with suppress(Exception):
            async with asyncio.timeout(_STOP):
                await self.driver.stop()

    def kill(self) -> None:
        """Ends the browser's own process group at once, if it is still there."""
        with suppress(ProcessLookupError):
            if os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)


async def started(executable: str, memory: int) -> Chromium:
    """A browser that is ready. Raises NoBrowser with the reason when it does not start."""
    from playwright.async_api import Error, async_playwright

    driver = await async_playwright().start()
    try:
        browser = await driver.chromium.launch(
            executable_path=executable,
            args=list(_ARGUMENTS),
            chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox refuses to work for root
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            timeout=_START * 1000,
            handle_sigint=False,  # Tocsin stops it
            handle_sigterm=False,
            handle_sighup=False,
        )
        session = await browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    except Error as error:
        await driver.stop()
        raise NoBrowser(f"{executable} does not start: {error.message.strip().splitlines()[0][:160]}") from error
    pid = next(int(process["id"]) for process in processes if process["type"] == "browser")
    _bound(pid)
    return Chromium(browser, driver, pid, memory)


def held(group: int) -> int:
    """Bytes of memory of a process group, without the files that processes share; 0 where there is no /proc."""
    return sum(_own_memory(process) for process in _members(group))


def _bound(group: int) -> None:
    """Sets a hard bound for each process of the group; those that it starts later inherit it."""
    if hasattr(resource, "prlimit"):  # Linux
        for process in _members(group):
            with suppress(OSError):
                resource.prlimit(int(process.name), resource.RLIMIT_DATA, (_LARGEST_PROCESS, _LARGEST_PROCESS))


def _members(group: int) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and _group_of(process) == group:
                yield process


def _group_of(process: Path) -> int | None:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return None
    return int(fields[2])


def _own_memory(process: Path) -> int:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    wanted = ("RssAnon:", "RssShmem:")
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))
