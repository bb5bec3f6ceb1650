"""Which protection service a page is from, by the marks its scripts and forms leave in the markup."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEAD = 100_000  # bytes of markup searched
_SERVICES = (
    (
        "Cloudflare",
        rb"__cf_chl|cf-chl-|/cdn-cgi/challenge-platform|cf_chl_opt|challenges\.cloudflare\.com|cf-browser-ver",
    ),
    ("DataDome", rb"captcha-delivery\.com|geo\.captcha-delivery|window\.dd\s*=\s*\{|datadome\.co/captcha"),
    ("PerimeterX", rb"px-captcha|_pxAppId|/_px/|perimeterx\.net|human-challenge"),
    ("Imperva", rb"_Incapsula_Resource|incapsula incident|/_Incapsula_|Request unsuccessful\. Incapsula"),
    ("Akamai", rb"ak-challenge|/_sec/cp_challenge|akam/1[0-9]/|errors\.edgesuite\.net|bm-verify|sec-if-cpt"),
    ("AWS WAF", rb"awswaf\.com|aws-waf-token|AwsWafIntegration|token\.awswaf"),
    ("Kasada", rb"ips\.js\?KP_UIDz|kpsdk"),
    ("Sucuri", rb"sucuri_cloudproxy|sucuri website firewall"),
    ("Federal Register", rb"unblock\.federalregister\.gov"),
    ("Anubis", rb"\.within\.website/x/cmd/anubis|anubis_challenge"),
    ("captcha", rb"g-recaptcha|hcaptcha\.com/1/api|recaptcha/api\.js|class=[\"']h-captcha|turnstile/v0/api"),
)
_MARKS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _SERVICES)


def marked(body: bytes) -> str | None:
    """The service whose marks a page bears; ordinary pages bear them too, so this alone proves nothing."""
    head = body[:_HEAD]
    return next((name for name, mark in _MARKS if mark.search(head)), None)


def announced(headers: Mapping[str, str]) -> str | None:
    """The service that says in a header that it challenged us."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    return "AWS WAF" if headers.get("x-amzn-waf-action", "").lower() in ("challenge", "captcha") else None
