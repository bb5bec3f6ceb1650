"""The one browser process: how it is started, what it may use, and how it ends.

Nothing of it reaches the network by itself: its proxy is a port where nobody listens, it resolves no name, and neither
QUIC nor WebRTC may go round the proxy. What a page asks for is brought to it by crawler.browser.requests.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Iterable, Iterator
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
_STOP = 1.0  # seconds that a browser, and its driver, have to end by themselves
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
    """A running browser. memory: bytes that its processes may hold together, files that they share not counted.

    drivers: Playwright's processes that were started for it.
    """

    browser: Browser
    driver: Playwright
    pid: int
    memory: int
    drivers: frozenset[int]

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
        """Closes the browser; one that does not close in time is killed, and so is its driver."""
        with suppress(Exception):  # whatever it says, it is killed
            async with asyncio.timeout(_STOP):
                await self.browser.close()
        await self.stop_at_once()

    async def stop_at_once(self) -> None:
        self.kill()
        with suppress(Exception):
            async with asyncio.timeout(_STOP):
                await self.driver.stop()
                return
        _end_all(self.drivers)

    def kill(self) -> None:
        """Ends the browser's own process group at once, if it is still there."""
        _end_group(self.pid)


async def started(executable: str, memory: int, seconds: float) -> Chromium:
    """A browser that is ready. Raises NoBrowser with the reason when it does not start, or not within these seconds;
    nothing of it is left then."""
    until = asyncio.get_running_loop().time() + seconds  # from before the import, which takes its time too
    from playwright.async_api import Error

    others = _drivers()
    try:
        async with asyncio.timeout_at(until):
            return await _launched(executable, memory, seconds, others)
    except TimeoutError as error:
        raise NoBrowser(f"{executable} does not start within {seconds:.3g} s") from error
    except Error as error:
        raise NoBrowser(f"{executable} does not start: {error.message.strip().splitlines()[0][:160]}") from error


async def _launched(executable: str, memory: int, seconds: float, others: frozenset[int]) -> Chromium:
    from playwright.async_api import async_playwright

    driver = None
    try:
        driver = await async_playwright().start()
        browser = await driver.chromium.launch(
            executable_path=executable,
            args=list(_ARGUMENTS),
            chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox refuses to work for root
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            timeout=seconds * 1000,
            handle_sigint=False,  # Tocsin stops it
            handle_sigterm=False,
            handle_sighup=False,
        )
        session = await browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    except BaseException:
        _end_all(_drivers() - others)  # with the browser, which the driver started; its pid nobody has told yet
        with suppress(Exception):
            async with asyncio.timeout(_STOP):
                if driver is not None:
                    await driver.stop()
        raise
    pid = next(int(process["id"]) for process in processes if process["type"] == "browser")
    _bound(pid)
    return Chromium(browser, driver, pid, memory, _drivers() - others)


def _drivers() -> frozenset[int]:
    """Those of our children that are Playwright's drivers; none where there is no /proc."""
    children = _children(os.getpid())
    return frozenset(pid for pid in children if b"run-driver" in _bytes(Path(f"/proc/{pid}/cmdline")))


def _children(pid: int) -> list[int]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for one in lists for child in _bytes(one).split()]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # its process has ended
        return b""


def _end_all(pids: Iterable[int]) -> None:
    """Ends processes with all that they started, each with its group where it leads one."""
    for pid in pids:
        under = _children(pid)
        _end_group(pid)
        _end_all(under)


def _end_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)


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
