"""The world of the soak: lists and terms on loopback, each at an address of its own, that change at random and fail."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from aiohttp import web

from store.territory_names import GROUPS, cldr, names

MOST_CHANGES = 8  # of one source; more within a week would meet the noise budget
MEAN_SPAN = 12 * 60  # seconds between two changes of one source, on average
_PADDING = "You must read these terms with care before you use the service, and keep a copy of them for your records. "
_CLAUSES = (
    "Prompts are kept for {n} days.",
    "You may send at most {n} requests an hour.",
    "We give notice {n} days before a price rises.",
    "Invoices are due within {n} days.",
    "Accounts that are idle for {n} months are closed.",
    "Claims must be made within {n} months.",
    "Support answers within {n} hours.",
    "Backups are deleted after {n} days.",
)


@dataclass(frozen=True)
class Change:
    """What really changed, in the words of soak.said: "+FR", "-FR", "30 to 45"."""

    slug: str
    what: str


@dataclass
class Page:
    """One source: a list of territories or terms with numbers. Nothing it once gave up comes back."""

    slug: str
    host: str
    port: int
    chance: random.Random
    is_list: bool
    listed: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    changed: int = 0
    visits: int = 0

    def declaration(self, every: int) -> str:
        kind = "availability" if self.is_list else "terms"
        lines = [
            f'title = "{self.slug}"',
            f'publisher = "Publisher {self.slug}"',
            f'kind = "{kind}"',
            'language = "en"',
            f'url = "http://{self.host}:{self.port}/{self.slug}"',
            f'every = "{every}s"',
        ]
        if self.is_list:
            lines += ['product = "API"', "[expect]", "territories = { min = 20, max = 120 }"]
        return "\n".join(lines) + "\n"

    def change(self) -> Change:
        self.changed += 1
        if not self.is_list:
            clause = self.changed - 1
            before = self.numbers[clause]
            self.numbers[clause] += self.chance.randrange(1, 40)
            return Change(self.slug, f"{before} to {self.numbers[clause]}")
        if self.chance.random() < 0.5:
            code = self.spare.pop()
            self.listed.append(code)
            return Change(self.slug, f"+{code}")
        code = self.listed.pop(self.chance.randrange(20))
        return Change(self.slug, f"-{code}")

    def html(self, nonce: str) -> str:
        if self.is_list:
            items = "".join(f'<li data-n="{nonce}">{cldr("en")[code]}</li>' for code in self.listed)
            body = f"<h1>Supported countries</h1><p>{_PADDING * 3}</p><ul>{items}</ul>"
        else:
            clauses = (text.format(n=n) for text, n in zip(_CLAUSES, self.numbers, strict=True))
            body = "<h1>Terms</h1>" + "".join(f"<p>{_PADDING}</p><p>{clause}</p>" for clause in clauses)
        return (
            f'<!doctype html><html lang="en"><head><title>{self.slug}</title></head>'
            '<body><nav><a href="/">Home</a></nav>'
            f'<main class="c-{nonce}">{body}</main><footer>Session {nonce}</footer></body></html>'
        )


class World:
    """All pages, the server that shows them, what really changed, and what faults were answered."""

    def __init__(self, sources: int, faulty: float, seed: int) -> None:
        self.chance = random.Random(seed)
        self.faulty, self.restless = faulty, False
        self.changes: list[Change] = []
        self.faults: Counter[str] = Counter()
        self.asked = 0
        self.pages = [self._page(number) for number in range(sources)]
        self._by_slug = {page.slug: page for page in self.pages}
        self._runner: web.AppRunner | None = None

    def _page(self, number: int) -> Page:
        chance = random.Random(self.chance.random())
        page = Page(f"source-{number:03}", f"127.0.{1 + number // 250}.{1 + number % 250}", 0, chance, number % 3 != 2)
        codes = sorted(code for code in names().codes - GROUPS if code in cldr("en") and len(code) == 2)
        page.spare = chance.sample(codes, 70)
        page.listed, page.spare = page.spare[:50], page.spare[50:]
        page.numbers = [chance.randrange(2, 60) for _ in _CLAUSES]
        return page

    def step(self, seconds: float) -> None:
        """Lets each page change with the chance that this many seconds have."""
        for page in self.pages:
            if self.restless and page.changed < MOST_CHANGES and self.chance.random() < seconds / MEAN_SPAN:
                self.changes.append(page.change())

    async def open(self) -> None:
        app = web.Application()
        app.router.add_get("/{slug:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        port = 0
        for page in self.pages:
            site = web.TCPSite(self._runner, page.host, port)
            await site.start()
            port = port or self._runner.addresses[0][1]
            page.port = port

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        page = self._by_slug.get(request.match_info["slug"])
        if page is None:
            return web.Response(status=404)
        self.asked += 1
        page.visits += 1
        text = page.html(f"{self.chance.randrange(10**9):x}")
        if page.visits > 1 and self.chance.random() < self.faulty:
            fault = self.chance.choice(sorted(FAULTS))
            self.faults[fault] += 1
            return await FAULTS[fault](request, text)
        return web.Response(text=text, content_type="text/html")


async def _unavailable(request: web.Request, text: str) -> web.StreamResponse:
    return web.Response(status=503, text="<h1>Service Unavailable</h1>", content_type="text/html")


async def _forbidden(request: web.Request, text: str) -> web.StreamResponse:
    return web.Response(status=403, text="<h1>Access denied</h1>", content_type="text/html")


async def _challenge(request: web.Request, text: str) -> web.StreamResponse:
    page = "<title>Just a moment...</title><body>Checking your browser before you proceed.</body>"
    return web.Response(text=f"<html>{page}</html>", content_type="text/html")


async def _empty(request: web.Request, text: str) -> web.StreamResponse:
    return web.Response(text="", content_type="text/html")


async def _shell(request: web.Request, text: str) -> web.StreamResponse:
    page = '<div id="root"></div><script src="/app.js"></script>'
    return web.Response(text=f"<!doctype html><html><body>{page}</body></html>", content_type="text/html")


async def _soft_404(request: web.Request, text: str) -> web.StreamResponse:
    head, _, rest = text.partition("<h1>")
    gone = "<h1>Page not found</h1><p>The page you are looking for has moved or never existed.</p></main>"
    return web.Response(text=head + gone + rest.partition("</main>")[2], content_type="text/html")


async def _login(request: web.Request, text: str) -> web.StreamResponse:
    form = '<h1>Sign in</h1><form>Please sign in to continue <input type="password" name="p"></form>'
    return web.Response(text=f"<html><body><main>{form}</main></body></html>", content_type="text/html")


async def _cut(request: web.Request, text: str) -> web.StreamResponse:
    return web.Response(text=text[: len(text) * 45 // 100], content_type="text/html")


async def _short(request: web.Request, text: str) -> web.StreamResponse:
    """Promises the whole length and hangs up half way."""
    body = text.encode()
    answer = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": str(len(body))})
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return answer


async def _hang(request: web.Request, text: str) -> web.StreamResponse:
    await asyncio.sleep(8)
    return web.Response(text=text, content_type="text/html")


FAULTS = {
    "503": _unavailable,
    "403": _forbidden,
    "challenge": _challenge,
    "empty": _empty,
    "shell": _shell,
    "soft 404": _soft_404,
    "login": _login,
    "cut": _cut,
    "short": _short,
    "hang": _hang,
}
