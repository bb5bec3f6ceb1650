"""What a link points at, without what is added to follow readers around."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

# Parameters that say who clicked where, never what is shown. Sources: the vendors' own documentation (Google, Meta,
# Microsoft, HubSpot, Mailchimp, Matomo, Adobe, Twitter/X, TikTok, Yandex); "ref" and "rdt" seen in recorded pages.
_TRACKING = re.compile(
    r"(?:utm_\w+|[fgymtw]clid|[a-z]{2,8}clid|gad_\w+|gbraid|wbraid|dclid|gclsrc|_ga|_gl|mc_[ce]id|mkt_tok|igshid|igsh|"
    r"__hs\w+|_hs\w+|hsctatracking|hsa_\w+|vero_\w+|oly_\w+_id|ref|ref_src|ref_url|referrer|referer|referred|rdt|"
    r"[a-z]+_(?:referred|referrer|did|session_?id)|cmpid|cid_source|trk\w*|yclid|_openstat|s_cid|ns_\w+|pk_\w+|"
    r"piwik_\w+|mtm_\w+|matomo_\w+|wt_?mc|sc_(?:campaign|channel|content|country|medium|outcome)|spm|scm|from_source|"
    r"sessionid|session_id|jsessionid|phpsessid|aspsessionid\w*|sid|cfid|cftoken|zenid|"
    r"fclid|hsh|ptn|ntb|entry_point|containing_element_id|redirect_uri_state|ajs_\w+|at_(?:medium|campaign)|"
    r"guccounter|guce_\w+|ocid|cvid|_branch_\w+)",
    re.IGNORECASE,
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.IGNORECASE)
_SCRAMBLED = "/cdn-cgi/l/email-protection"
_DROPPED = ("#", "javascript:", "data:", "vbscript:", "blob:")


def unscrambled(code: str) -> str:
    """The e-mail address that Cloudflare wrote as hex digits, XORed with its first byte; another code in every answer.

    "" when the digits are not such a code.
    """
    try:
        key, *letters = bytes.fromhex(code)
        return bytes(letter ^ key for letter in letters).decode("utf-8")
    except ValueError:
        return ""


@lru_cache(maxsize=8192)
def target(href: str, base: str = "") -> str:
    """A link target without tracking parameters and session ids; "" when it leads nowhere (a fragment, a script).

    Relative targets stay relative unless base is given, so that a page that moves house keeps its links.
    """
    href = href.strip()
    if _SCRAMBLED in href:
        return f"mailto:{address}" if (address := unscrambled(href.partition("#")[2])) else ""
    if not href or href.lower().startswith(_DROPPED):
        return ""
    try:
        href = _SESSION_PATH.sub("", urljoin(base, href) if base else href)
        parts = urlsplit(href)
        if not parts.query:
            return href
        kept = [pair for pair in parts.query.split("&") if not _TRACKING.fullmatch(pair.partition("=")[0])]
        return parts._replace(query="&".join(kept)).geturl()
    except ValueError:
        return href
