"""Where a redirect led: to a sign-in, a consent form, a challenge, an error page or the site's root."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from store.capture_kind import CaptureKind

_CHALLENGES = re.compile(
    r"^unblock\.|^challenges?\.|/(?:captcha|challenge|sorry|human-?check|security-?check)(?:[/.]|$)"
)
_CONSENTS = re.compile(
    r"^(?:consent|guce|privacy-center|cmp)\.|/(?:consent|cookie-?wall|age-?(?:gate|check))(?:[/.]|$)"
)
_LOGINS = re.compile(
    r"^(?:login|signin|sso|auth|accounts|id|idp)\.|/(?:log-?in|log_in|sign-?in|sign_in|sso|auth|oauth2?|saml2?|"
    r"authorize|connexion|anmelden|anmeldung|iniciar-sesion|acceder|session/new|wp-login)(?:[/.]|$)"
)
_REGIONS = re.compile(
    r"(?:unsupported|unavailable|not-?available|restricted|blocked)[-_/](?:in[-_])?(?:your[-_])?"
    r"(?:country|region|location|territory)|geo-?(?:block|restrict)|/(?:451)(?:[/.]|$)"
)
_ERRORS = re.compile(
    r"/(?:errors?|40[0-9]|410|50[0-9]|not-?found|page-?not-?found|maintenance|unavailable|oops|sorry|"
    r"access-?denied|denied|forbidden)(?:[/._-]|$)"
)
_ROOT = re.compile(r"(?:/[a-z]{2}(?:[-_][a-z]{2,4})?)?(?:/(?:home|index|default)(?:\.\w{2,5})?)?/?", re.IGNORECASE)


def landed(asked: str, got: str) -> tuple[CaptureKind, str] | None:
    """What the address that answered says of its page, where it is another than was asked for."""
    wanted, found = _place(asked), _place(got)
    if wanted == found:
        return None
    for kind, pattern in (
        (CaptureKind.CHALLENGE, _CHALLENGES),
        (CaptureKind.WALL, _CONSENTS),
        (CaptureKind.WALL, _LOGINS),
        (CaptureKind.GEOBLOCK, _REGIONS),
        (CaptureKind.ERROR, _ERRORS),
    ):
        if any(map(pattern.search, found)) and not any(map(pattern.search, wanted)):
            return kind, f"redirected to {got[:160]}"
    if wanted[0] == found[0] and _ROOT.fullmatch(found[1]) and not _ROOT.fullmatch(wanted[1]):
        return CaptureKind.ERROR, f"redirected to the site's root, {got[:160]}"
    return None


def _place(address: str) -> tuple[str, str]:
    """Host without www, and path; both lower case."""
    parts = urlsplit(address)
    return (parts.hostname or "").removeprefix("www."), unquote(parts.path).lower().rstrip("/") or "/"
