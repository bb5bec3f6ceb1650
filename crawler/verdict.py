"""Whether what came back is the page: or a challenge, a wall, an empty shell, an error dressed as 200. Pure, and cheap.

A refusal needs evidence *and* a page with little text: words such as "captcha" or "access denied" stand in good
policies too. What is wrong with a page that has its text is for extract and expect to find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from crawler.declaration import Declaration
from crawler.visible import Seen, seen
from store.values import Outcome

_HEAD = 100_000  # bytes of markup searched for the marks of protection services
_LITTLE = 1_500  # characters of visible text: challenges, walls and error pages have less, policies and lists have more
_VERY_LITTLE = 600
_NOTHING = 40
_SOFT_404 = 6_000  # an error's title counts up to here: such pages carry the site's menus

# Marks in the markup, by service; only read on a page with little text.
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
    ("captcha", rb"g-recaptcha|hcaptcha\.com/1/api|recaptcha/api\.js|class=[\"']h-captcha|turnstile/v0/api"),
)
_MARKS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _SERVICES)
_CHALLENGE = re.compile(
    r"just a moment|checking (?:your browser|if the site connection is secure)|attention required! \| cloudflare|"
    r"verif(?:y|ying) (?:that )?you are (?:a )?human|please complete the security check|are you (?:a )?(?:ro)?bot\b|"
    r"press (?:&|and) hold|ddos protection by|enable javascript and cookies to continue|unusual traffic|"
    r"performing security verification|vérification de sécurité|vérifiez que vous êtes humain|complete the captcha|"
    r"request access.{0,80}federal register|your ip has been (?:flagged|blocked)|安全验证|人机验证|滑动验证|访问验证",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue to|avant d['’]accéder à|bevor sie (?:zu|fortfahren)|we value your privacy.{0,400}accept|"
    r"consent\.(?:google|yahoo|youtube)|your privacy choices.{0,200}(?:accept|agree)|(?:accept|reject) all cookies",
    re.IGNORECASE | re.DOTALL,
)
_LOGIN = re.compile(
    r"(?:sign|log) ?in (?:to|with your) (?:continue|your account|view|access)|"
    r"you (?:must|need to) (?:be )?(?:signed|logg?ed|log|sign) ?in|"
    r"please (?:sign|log) ?in|session (?:has )?expired|"
    r"connectez-vous pour|veuillez vous connecter|请先?登录|登录后(?:查看|访问)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(rb"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_GEO = re.compile(
    r"(?:not|isn['’]t|un)\s?(?:currently )?available in your (?:country|region|location|area)|"
    r"unsupported_country_region_territory|(?:country|region) (?:is )?not supported|"
    r"pas (?:encore )?disponible dans votre (?:pays|région)|您所在的(?:国家|地区|区域).{0,20}(?:不可用|不支持|无法)",
    re.IGNORECASE,
)
_ERROR_TITLE = re.compile(
    r"^\W*(?:error\s*)?(?:40[0-9]|410|429|5\d\d)\b|^(?:page |file |document )?not found\b|"
    r"page (?:not found|introuvable)|"
    r"(?:can['’]?t|cannot|could ?n['’]t|could not) (?:find|be found)|^(?:access denied|forbidden|bad gateway|"
    r"service (?:temporarily )?unavailable|gateway time-?out|internal server error|site maintenance|under maintenance|"
    r"scheduled maintenance|maintenance(?: mode)?|error|server error|oops)\b|erreur 404|页面(?:不存在|未找到|找不到)|"
    r"系统维护|网站维护|访问被拒绝|访问出错",
    re.IGNORECASE,
)
_ERROR_TEXT = re.compile(
    r"application error: a (?:client|server)-side exception|page (?:could not|cannot|can['’]t) be found|"
    r"page (?:not found|introuvable|you (?:are looking for|requested))|access (?:is )?denied|"
    r"you don['’]t have permission|"
    r"^\W*(?:error\s*)?(?:40[0-9]|410|429|5\d\d)\b|(?:down|closed|offline) for (?:scheduled )?maintenance|"
    r"under maintenance|service (?:temporarily )?unavailable|internal server error|bad gateway|something went wrong|"
    r"an? (?:unexpected )?error (?:has )?occurred|we['’]?(?:ll| will) be (?:right )?back|too many requests|"
    r"no available server|页面(?:不存在|未找到|找不到)|系统维护|网站维护|服务(?:器)?(?:不可用|错误|繁忙)",
    re.IGNORECASE,
)
_REDIRECT = re.compile(
    r"redirecting (?:you )?(?:to\b|\.\.\.|…|now)|you (?:are being|will be) redirected|(?:this )?page has moved|"
    r"if you are not redirected|object moved|redirection (?:en cours|vers)|正在(?:跳转|重定向)|页面跳转",
    re.IGNORECASE,
)
_REFRESH = re.compile(
    rb"<meta[^>]{0,80}http-equiv\s*=\s*[\"']?refresh[^>]{0,80}content\s*=\s*[\"']?\s*\d+\s*;\s*url", re.IGNORECASE
)
_SHELL = re.compile(
    r"^(?:loading\W*|please wait\W*|you need to enable javascript to run this app\W*|"
    r"(?:please )?enable javascript.{0,60}|"
    r"this (?:site|app|page) requires javascript.{0,60}|加载中\W*|chargement\W*)$",
    re.IGNORECASE,
)
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body|div|main|title)", re.I | re.S
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """outcome None: this is the page. Otherwise blocked or unreachable, and why in words."""

    outcome: Outcome | None
    reason: str = ""


THE_PAGE = Verdict(None)


def verdict(status: int, headers: Mapping[str, str], body: bytes, declaration: Declaration) -> Verdict:
    """Whether an answer is the declared page. headers have lower-case names; body is decompressed."""
    service = _challenged(headers)
    if status >= 400 or service:
        return _refused(status, service, body)
    if 300 <= status < 400:
        return Verdict(Outcome.BLOCKED, f"answered {_status(status)} without a page to read")
    if status in (204, 205, 206):
        return Verdict(Outcome.UNREACHABLE, f"answered {_status(status)}: not the whole page")
    if not body.strip():
        return Verdict(Outcome.BLOCKED, "empty shell: the body is empty")
    if _is_html(headers, body):
        return _page_verdict(body)
    return _text_verdict(body)


def _challenged(headers: Mapping[str, str]) -> str | None:
    """The service that says in a header that it challenged us."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    return "AWS WAF" if headers.get("x-amzn-waf-action", "").lower() in ("challenge", "captcha") else None


def _refused(status: int, service: str | None, body: bytes) -> Verdict:
    if service is None and status != HTTPStatus.NOT_FOUND:
        look = seen(body, _LITTLE)
        service = _challenge(look, body) if look.whole else None
    if service:
        return Verdict(Outcome.BLOCKED, f"challenge ({service}), answered {_status(status)}")
    if status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS or (status == 403 and _GEO.search(_start(body))):
        return Verdict(Outcome.BLOCKED, f"geoblock: answered {_status(status)}")
    if status in (401, 403, 407):
        return Verdict(Outcome.BLOCKED, f"access refused: answered {_status(status)}")
    return Verdict(Outcome.UNREACHABLE, f"answered {_status(status)}")


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _start(body: bytes) -> str:
    return body[:4000].decode("utf-8", "ignore")


def _is_html(headers: Mapping[str, str], body: bytes) -> bool:
    kind = headers.get("content-type", "").lower()
    if _HTML.match(body[:2000]):
        return True
    return "html" in kind and "<" in _start(body)


def _page_verdict(body: bytes) -> Verdict:
    look = seen(body, _SOFT_404)
    length = len(look.text) if look.whole else _SOFT_404
    if length >= _SOFT_404:
        return THE_PAGE
    if _ERROR_TITLE.search(look.title):
        return Verdict(Outcome.BLOCKED, f'error dressed as 200: titled "{look.title[:120]}"')
    if length >= _LITTLE:
        return THE_PAGE
    return _little(look, body, length)


def _little(look: Seen, body: bytes, length: int) -> Verdict:
    """A page with little text: what is it instead? The most telling evidence first."""
    head = body[:_HEAD]
    if service := _challenge(look, head):
        return Verdict(Outcome.BLOCKED, f"challenge ({service})")
    if not length or (length < _NOTHING and _SCRIPT.search(head)) or _SHELL.match(look.text):
        moved = " that sends the reader on" if _REFRESH.search(head) else ""
        return Verdict(Outcome.BLOCKED, f"empty shell: {length} characters of text in {len(body)} bytes{moved}")
    if length < _VERY_LITTLE and (match := _ERROR_TEXT.search(look.text)):
        return Verdict(Outcome.BLOCKED, f'error dressed as 200: "{match.group()[:120]}"')
    if length < _VERY_LITTLE and (_REDIRECT.search(look.text) or _REFRESH.search(head)):
        return Verdict(Outcome.BLOCKED, f'redirect interstitial: "{look.text[-80:]}"')
    if length < _VERY_LITTLE and _GEO.search(look.text):
        return Verdict(Outcome.BLOCKED, "geoblock: the page says it is not available here")
    if _PASSWORD.search(head) or (length < _VERY_LITTLE and _LOGIN.search(f"{look.title} {look.text}")):
        return Verdict(Outcome.BLOCKED, f'login wall: "{(look.title or look.text)[:80]}"')
    if _CONSENT.search(f"{look.title} {look.text}") and length < _LITTLE:
        return Verdict(Outcome.BLOCKED, f'consent wall: "{(look.title or look.text)[:80]}"')
    return THE_PAGE


def _challenge(look: Seen, head: bytes) -> str | None:
    """Which protection service a page is from. Its words prove it; its script alone only on a nearly empty page."""
    said = _CHALLENGE.search(f"{look.title} {look.text}")
    service = next((name for name, mark in _MARKS if mark.search(head[:_HEAD])), None)
    if said:
        return service or f'"{said.group()[:60]}"'
    return service if service and len(look.text) < 200 else None


def _text_verdict(body: bytes) -> Verdict:
    """Markdown, JSON, feeds and plain text: only a short text can be a refusal."""
    text = _start(body) if len(body) < _VERY_LITTLE else ""
    if _CHALLENGE.search(text):
        return Verdict(Outcome.BLOCKED, "challenge in plain text")
    if "unsupported_country_region_territory" in text:
        return Verdict(Outcome.BLOCKED, "geoblock: unsupported_country_region_territory")
    if len(text) < 200 and text and not text.lstrip().startswith(("{", "[", "#")) and _ERROR_TEXT.search(text):
        return Verdict(Outcome.BLOCKED, f'error dressed as 200: "{" ".join(text.split())[:120]}"')
    return THE_PAGE
