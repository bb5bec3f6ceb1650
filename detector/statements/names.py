"""Which parties and products a text names: proper names, by their capitals or because they are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from detector.statements.search import Search
from detector.statements.statement import Family, Statement, outside, without_overlaps
from detector.words.addresses import MAIL, in_full, plain_mail
from detector.words.overlap import CJK, enumeration_end

_PIECE = rf"[A-ZÀ-Þ][^\W_{CJK}]*(?:[.&'’-][^\W_{CJK}]+)*"
_RUN = re.compile(rf"{_PIECE}(?:\s(?:(?:of|de|du|&)\s)?(?:{_PIECE}|\d+(?:\.\d+)*))*")
# Where somebody is reached: a mail address, the host of a web address, a telephone number.
_ADDRESS = re.compile(
    rf"(?i:{MAIL})|(?<=://)(?:www\.)?[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.])\+?\(?\d{1,4}\)?[ .-]\d{3,4}[ .-]\d{3,4}(?![\w,])"
)
# Without one of these no address is looked for.
_ADDRESS_SIGN = re.compile(r"@|[\[({<]\s?(?:at|arobase|chez)\b|://|\d[ .-]\d{3}")
# A lone capitalised word of this build is a defined term or an emphasis, hardly ever a name.
_COMMON_ENDING = re.compile(
    r"(?:able|ible|ed|ing|ings|tion|tions|ment|ments|ity|ities|ance|ence|ers?|ors?|ive|ous|ful|al|als|ly)$"
)
_GERMAN = re.compile(r"\b(?:der|die|das|und|nicht|ist|sind|mit|für|von|den|dem|ein|eine|wird|werden|oder|auf|zu)\b")
_MARKED = re.compile(r"[a-zà-ÿ][A-Z]|[A-Za-z]\d|\d[A-Za-z]|[A-Za-z]-\d")
_KNOWN_WORDS = """
百度 阿里巴巴 阿里云 腾讯 騰訊 智谱 商汤 商湯 微软 微軟 谷歌 华为 華為 字节跳动 百川 月之暗面 苹果 蘋果
美国财政部 anthropic microsoft google alphabet amazon apple meta baidu alibaba tencent zhipu sensetime mistral
cohere perplexity github stripe adyen nvidia oracle cloudflare snowflake salesforce claude gemini copilot azure
bedrock llama grok persona treasury
"""
_KNOWN = tuple(_KNOWN_WORDS.split())
# Capitalised in agreements as defined terms or by position, naming nobody in particular.
_DEFINED_WORDS = """
a about account accounts additional affiliate affiliates after age agreement all amendment an and annex any api
apis app application applications appendix apps article articles as at authorized automatic before beta billing
by center centre changes chapter claim clause commercial company confidential confidentiality consumer content
contract control controller controllers cookie cookies copyright customer customers data date definitions
details disclaimer dispute disputes each effective end enterprise entire entity event except exhibit federal
feedback fee fees following for from general governing guidelines he help here high how however i if in
indemnification information input inputs intellectual international it its law laws legal liability license
licence licensee licensor limitation limitations limited list lists master may member members miscellaneous
model models my name new no not note notice notices of offering on online only operator or order our output
outputs parties party payment permitted person personal personnel plan plans platform platforms policies policy
privacy processing processor processors product products program programs prohibited property protection
provider purpose purposes questions region regions regulation restricted restrictions retention right rights
safety section sections security service services she site sites software some special specific state states sub
subprocessor subprocessors subscription subscriptions such support supported system systems term termination
terms that the their there these they third this those to tool tools trade trademarks training trial types under
updated updates usage use user users via we website websites what when where which while who why will with you
your yes monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december le la les un une des ce cette ces vous nous il elle si en dans pour par sur
au aux du de et ou votre vos notre nos conditions utilisation contrat client clients eu eea faq id ip url ok inc
ltd llc gmbh pdf json html
"""
_DEFINED = frozenset(_DEFINED_WORDS.split())


def parties(text: str, taken: Sequence[Statement], known: Iterable[str] = ()) -> list[Statement]:
    """Every proper name of a text outside what is taken (territories, dates); value is the name folded.

    Defined terms ("Customer", "Services") name nobody. In a title, where every word has a capital, only marked names
    ("OpenAI", "GPT-4o") and known ones count.
    """
    title = _is_title(text) or _is_german(text)
    body = enumeration_end(text)
    runs = [one for match in _RUN.finditer(text, body) for one in _names(text, match, title)]
    listed = _known(text, (*_KNOWN, *known))
    reached = _ADDRESS.finditer(text) if _ADDRESS_SIGN.search(text) else ()
    addresses = [Statement(Family.PARTY, _reached(one.group()), *one.span()) for one in reached]
    return outside(without_overlaps([*addresses, *outside([*listed, *runs], addresses)]), taken)


def _reached(address: str) -> str:
    """A mail address or telephone number as it is; of a host its last two labels, so that subdomains are one party."""
    plain = plain_mail(address).casefold()
    return plain if "@" in plain or plain[-1].isdigit() else ".".join(plain.split(".")[-2:])


def _names(text: str, match: re.Match[str], title: bool) -> list[Statement]:
    pieces = list(re.finditer(r"\S+", match.group()))
    if pieces and (_opens_sentence(text, match.start()) or all(_is_plain(piece.group()) for piece in pieces)):
        while pieces and _is_plain(pieces[0].group()):
            pieces.pop(0)
    while pieces and _is_plain(pieces[-1].group()):
        pieces.pop()
    if not pieces:
        return []
    start, end = match.start() + pieces[0].start(), match.start() + pieces[-1].end()
    name = text[start:end]
    marked = bool(_MARKED.search(name))
    opens = len(pieces) == 1 and _opens_sentence(text, start)
    if not marked and len(pieces) == 1 and _COMMON_ENDING.search(name):
        return []
    if not marked and (title or opens or (name.isupper() and len(name) > 5) or len(name) < 3):
        return []
    return [Statement(Family.PARTY, _folded(name), start, end)]


def _is_plain(piece: str) -> bool:
    """A defined term, a number, or several of them joined ("Sub-processor's", "4.4", "L.L.C.")."""
    word = piece.casefold().replace("’", "'").strip(".,'").removesuffix("'s").replace(".", "")
    return all(part in _DEFINED or part.isdigit() for part in word.split("-"))


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'“‘(*•–—-")
    return not before or before[-1] in ".!?:;。！？："


def _is_title(text: str) -> bool:
    plain = [word for word in re.findall(r"[^\W\d_]{4,}", text) if word.isascii()]
    capitals = sum(1 for word in plain if word[0].isupper())
    return (
        len(plain) > 1 and capitals >= 0.7 * len(plain) and len(text) < 160 and not text.rstrip().endswith((".", ";"))
    )


def _is_german(text: str) -> bool:
    """Whether a text is German, where every noun has a capital: there, as in a title, a capital alone names nobody."""
    return len(_GERMAN.findall(text)) >= 2


def _known(text: str, names: tuple[str, ...]) -> list[Statement]:
    matches = [match for _, match in _any_of(names).matches(text)]
    return [Statement(Family.PARTY, _folded(one.group()), one.start(), one.end()) for one in matches]


@lru_cache(maxsize=256)
def _any_of(names: tuple[str, ...]) -> Search:
    """One expression for all names, the longest first; of Chinese names no word border is asked."""
    ordered = sorted(names, key=len, reverse=True)
    parts = (rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name) for name in ordered)
    return Search([re.compile("|".join(parts), re.IGNORECASE)])


def _folded(name: str) -> str:
    folded = re.sub(r"['’]s?$", "", name.casefold().strip(".,"))
    pieces = re.sub(r"[\s.,'’-]+", " ", folded).split()
    return " ".join([*pieces[:1], *(in_full(piece) for piece in pieces[1:])]).removesuffix("s")
