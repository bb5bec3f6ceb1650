"""A site that changes in every way a watched page changes: a long page with chrome, a country list and terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

COUNTRIES = (
    "Albania", "Argentina", "Australia", "Austria", "Bangladesh", "Belgium", "Botswana", "Brazil", "Canada", "Chile",
    "Costa Rica", "Croatia", "Cyprus", "Denmark", "Ecuador", "Estonia", "Fiji", "Finland", "France", "Germany",
    "Ghana", "Greece", "Iceland", "India", "Indonesia", "Ireland", "Israel", "Italy", "Japan", "Kenya", "Latvia",
    "Lithuania", "Malta", "Mexico", "Mongolia", "Nepal", "Netherlands", "Norway", "Panama", "Peru", "Poland",
    "Portugal", "Qatar", "Romania", "Rwanda", "Samoa", "Senegal", "Slovenia", "Spain", "Sweden", "Tonga", "Tunisia",
    "Uganda", "Uruguay", "Vanuatu", "Zambia",
)  # fmt: skip
TERMS = (
    "The supplier grants the customer access to the programming interface for as long as the order runs.",
    "The customer may not resell access, and may not let anyone else use its keys.",
    "Either party may end the order with thirty days of notice in writing.",
    "The customer keeps its content, and the supplier uses it only to provide the service.",
    "The supplier may share usage statistics with its auditors.",
    "Support answers within two working days by electronic mail.",
    "Invoices are due within thirty days of their date.",
    "Neither party answers for losses that it could not foresee when the order was placed.",
    "A dispute that talks cannot settle goes to the courts of Dublin.",
    "The supplier publishes a list of the companies that it lets process content.",
    "An account that breaks these rules may be suspended after a warning.",
    "Measures of security are described in the annex and reviewed once a year.",
)
EFFECTIVE = "1 March 2026"
MENU = (
    "Products",
    "Models",
    "Documentation",
    "Pricing",
    "Customers",
    "Security",
    "About",
    "Careers",
    "News",
    "Contact",
)


@dataclass(frozen=True)
class Page:
    """What the page says and how it is dressed."""

    countries: tuple[str, ...] = COUNTRIES
    terms: tuple[str, ...] = TERMS
    effective: str = EFFECTIVE
    footer_time: str = "12:00"
    nonce: str = "a1b2"
    advert: str = "Try the new console"
    time_inside: str = "2026-11-24 12:00:02"
    related: tuple[str, ...] = ("Models", "Prices")
    swapped: bool = False
    space: str = ""
    wrapper: str = ""

    def html(self) -> str:
        """The page as the server sends it, some twelve kilobytes."""
        menu = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in MENU)
        order = 'id="{0}" class="row"' if not self.swapped else 'class="row" id="{0}"'
        items = "".join(
            f"<li {order.format(f'c{number}')}>{self.space}{name}{self.space}</li>\n"
            for number, name in enumerate(self.countries)
        )
        clauses = "".join(
            f"<section {order.format(f's{number}')}><h3>{number + 1}. {_title(text)}</h3>"
            f"<p>{self.space}{text} {_more(number)}</p></section>\n"
            for number, text in enumerate(self.terms)
        )
        opened, closed = (f"<{self.wrapper}>", f"</{self.wrapper}>") if self.wrapper else ("", "")
        related = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in self.related)
        time = f'<p class="stamp">Page generated at {self.time_inside}</p>'
        return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Where Halden works | Halden</title>
<script nonce="{self.nonce}">window.session="{self.nonce}"</script>
<link rel="stylesheet" href="/s.css?{self.nonce}"></head>
<body data-request="{self.nonce}"><header><nav><ul>{menu}</ul></nav><div class="advert">{self.advert}</div></header>
<main>{opened}<h1>Where Halden works</h1>{time}
<p>These terms take effect on {self.effective} and apply to every order of the Halden API.</p>
<h2>Supported countries and territories</h2>
<ul class="countries">
{items}</ul>
<h2>Terms of access</h2>
{clauses}{closed}</main>
<aside class="related"><h4>Related</h4><ul>{related}</ul></aside>
<footer><ul>{menu}</ul><p>Served at {self.footer_time}</p></footer></body></html>
"""


def _title(text: str) -> str:
    return " ".join(text.split()[1:4]).rstrip(".,").capitalize()


def _more(number: int) -> str:
    """A second sentence, so that clauses have the length of real ones."""
    return f"This clause is number {number + 1} of the order form and stands even where another document says less."


def dressed(title: str, inside: str) -> str:
    """A page of the same site with other content in its own main."""
    menu = "".join(f'<li><a href="/{name.lower()}">{name}</a></li>' for name in MENU)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><header><nav>'
        f"<ul>{menu}</ul></nav></header><main>{inside}</main><footer><ul>{menu}</ul></footer></body></html>"
    )


def _with_term(page: Page, number: int, text: str) -> Page:
    return replace(page, terms=(*page.terms[:number], text, *page.terms[number + 1 :]))


COSMETIC: dict[str, Callable[[Page], Page]] = {
    "footer time": lambda page: replace(page, footer_time="12:07"),
    "nonce": lambda page: replace(page, nonce="ffee"),
    "advert": lambda page: replace(page, advert="Join us at the summer fair"),
    "attribute order": lambda page: replace(page, swapped=True),
    "time inside main": lambda page: replace(page, time_inside="2026-11-24 12:07:31"),
    "whitespace": lambda page: replace(page, space="\n   "),
    "related box": lambda page: replace(page, related=("Guides", "Limits", "Quotas")),
    "wrapper tags": lambda page: replace(page, wrapper="div"),
}
NEUTRAL: dict[str, Callable[[Page], Page]] = {
    "reworded": lambda page: _with_term(page, 5, "Support replies by electronic mail within two working days."),
    "reordered": lambda page: replace(page, terms=(*page.terms[:8], page.terms[9], page.terms[8], *page.terms[10:])),
}
REAL: dict[str, Callable[[Page], Page]] = {
    "country removed": lambda page: replace(page, countries=tuple(c for c in page.countries if c != "Qatar")),
    "country added": lambda page: replace(page, countries=tuple(sorted((*page.countries, "Vietnam")))),
    "may to may not": lambda page: _with_term(
        page, 4, "The supplier may not share usage statistics with its auditors."
    ),
    "effective date": lambda page: replace(page, effective="1 June 2026"),
}


@dataclass(frozen=True)
class Loss:
    """An answer without the content: status, body, and where it redirects to. kind: how the reason must begin."""

    kind: str
    body: str = ""
    status: int = 200
    leads_to: str | None = None


LOSSES: dict[str, Loss] = {
    "challenge": Loss(
        "challenge",
        "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
        '<script src="/cdn-cgi/challenge-platform/x.js"></script></body></html>',
    ),
    "403": Loss("access refused: answered 403", "<h1>Forbidden</h1>", 403),
    "503": Loss("answered 503", "<h1>Service Unavailable</h1>", 503),
    "empty 200": Loss("empty shell"),
    "JavaScript shell": Loss(
        "empty shell",
        '<!doctype html><html><head><title>Where Halden works</title></head><body><div id="root"></div>'
        '<script src="/app.js"></script></body></html>',
    ),
    "soft 404": Loss(
        "error dressed as 200",
        dressed(
            "Halden",
            "<h1>We could not find that page</h1><p>It may have been moved. These pages are often looked for:</p><ul>"
            + "".join(f"<li>{name} of Halden, with all that belongs to it</li>" for name in MENU * 4)
            + "</ul>",
        ),
    ),
    "login redirect": Loss(
        "consent or login wall",
        dressed("Sign in", '<h1>Sign in</h1><form><input name="u"><input type="password" name="p"></form>'),
        leads_to="/login",
    ),
    "cut at 45 %": Loss("partial", Page().html()[: int(len(Page().html()) * 0.45)]),
}
