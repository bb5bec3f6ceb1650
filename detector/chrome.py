"""What belongs to a web page and not to its text: phrases of buttons, error pages, hidden addresses."""

from __future__ import annotations

import re

# Said by browsers' helpers and site furniture inside a text; never compared.
_INLINE = re.compile(
    r"\(?\bopens in (?:a )?new (?:window|tab)\)?|\(?s['’]ouvre dans (?:une nouvelle fenêtre|un nouvel onglet)\)?"
    r"|\[?\bemail[\s\u00a0]protected\]?|\bcopy link to (?:section|heading)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:was this (?:page|article|section) helpful\b.*|yes ?no|skip to (?:main )?(?:content|navigation).*|on this page"
    r"|table of contents|back to top|(?:next|previous)(?: page| article)?|copied!?"
    r"|copy(?: page| link)?|share(?: this.*)?"
    r"|(?:select|choose) (?:a |your )?language.*|log ?in|sign (?:in|up)|search\b.{0,20}"
    r"|menu|close|ctrl ?\+? ?.|⌘ ?.|print"
    r"|(?:this )?(?:website|site) (?:is |was )?(?:made|built|powered) (?:with|by) .*|powered by .*|loading\W*"
    r"|(?:all rights reserved|© ?\d{4}).{0,60}|related (?:articles|content|posts).*|read more|learn more|see more)$",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"(?:this |the |sorry, |an |error:? ?\d*:? )*"
    r"(?:page (?:is|isn['’]t|is not|could not be|cannot be|can['’]t be|was not) (?:available|found|displayed|loaded)"
    r"|page not found|unexpected error|application error|error has occurred|something went wrong|access denied"
    r"|content (?:is not|isn['’]t) available|temporarily unavailable"
    r"|page introuvable|页面不存在|页面未找到|访问被拒绝)",
    re.IGNORECASE,
)


# "Data processing addendum | OpenAI": what a browser shows on the tab.
_TITLE = re.compile(r"^[^|.!?;:]{3,80} \| [^|.!?;:]{2,30}$")
_HIDDEN_ADDRESS = re.compile(r"\bemail[\s\u00a0]protected\b", re.IGNORECASE)


def hides_address(text: str) -> bool:
    """Whether a mail address was hidden from machines: which one cannot be told, so none is compared."""
    return bool(_HIDDEN_ADDRESS.search(text))


def chrome_spans(text: str) -> list[tuple[int, int]]:
    """Character ranges of page furniture inside a text."""
    return [match.span() for match in _INLINE.finditer(text)]


def is_chrome(text: str) -> bool:
    """Whether a whole passage is page furniture: a button, a feedback question, a language menu."""
    return len(text) < 120 and bool(_WHOLE.match(text.strip()) or _TITLE.match(text))


def says_error(text: str) -> bool:
    """Whether a short passage says that the page could not be shown."""
    return len(text) < 100 and bool(_ERROR.match(text))
