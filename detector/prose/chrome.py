"""What belongs to a web page and not to its text: phrases of buttons, error pages, hidden addresses."""

from __future__ import annotations

import re

from store.values import Passage, PassageKind

# Said by browsers' helpers and site furniture inside a text; never compared.
_INLINE = re.compile(
    r"\(?\bopens in (?:a )?new (?:window|tab)\)?|\(?s['’]ouvre dans (?:une nouvelle fenêtre|un nouvel onglet)\)?"
    # With the letters that were left before the mark: they change with the mark.
    r"|(?:[\w.+-]{1,40}\[|\[?\b)email[\s\u00a0]protected\]?|\bcopy link to (?:section|heading)\b"
    # Targets of links that a page shows as text because a writer got them wrong.
    r"|\](?:\((?:https?|mailto):[^)\s]*\)?)"
    # A picture of which only the address is left.
    r"|!\[[^\]]{0,200}\]\(data:[^)]{0,4000}\)?"
    # Markup that a page shows as text because a writer got it wrong: [ahref="..."], [/a], [b].
    r"|\[(?:a ?href=|url=)[^\]]{0,300}\]|\[/?(?:a|b|i|u|url|br|p)\]",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"^(?:was this (?:page|article|section) helpful\b.*|yes ?no|skip to (?:main )?(?:content|navigation).*|on this page"
    r"|table of contents|back to top|(?:next|previous)(?: page| article)?|copied!?"
    r"|copy(?: page| link)?|share(?: this.*)?"
    r"|(?:select|choose) (?:a |your )?language.*|log ?in|sign (?:in|up)|search\b.{0,20}"
    r"|menu|close|ctrl ?\+? ?.|⌘ ?.|print"
    r"|(?:this )?(?:website|site) (?:is |was )?(?:made|built|powered) (?:with|by) .*|powered by .*|loading\W*"
    r"|(?:all rights reserved|© ?\d{4}).{0,60}|related (?:articles|content|posts).*|read more|learn more|see more"
    r"|don['’]t miss (?:out|it)\b.*|(?:register|sign up|join us) (?:now|today)\b.*"
    # "Prev Do not threaten Next Do not impersonate": both neighbours by their titles.
    r"|(?-i:[«‹←]?\s?Prev(?:ious)?:? [A-Z][^.;]* Next:? [A-Z][^.;]*))$",
    re.IGNORECASE,
)
# What readers did with a page, counted: it moves by itself. "12 out of 15 found this helpful", "1.4M views".
_COUNTED = re.compile(
    r"^\W*(?:"
    r"\d[\d.,]*[kmb]?\+? (?:out )?of \d[\d.,]*[kmb]?(?: (?:people|users|readers))?"
    r" (?:found|find|rated|liked|think)\b.{0,40}"
    r"|\d[\d.,]*[kmb]?\+? (?:people|users|readers|persons) (?:found|find|liked|like|read|viewed) (?:this|it)\b.{0,30}"
    r"|(?:views?|likes?|votes?|comments?|shares?|reads?|downloads?|vues|j['’]aime|commentaires)\W{0,3}\d[\d.,]*[kmb]?"
    r"|\d[\d.,]*[kmb]?\+? (?:views?|likes?|votes?|upvotes?|comments?|shares?|reads?|reactions?|downloads?|vues"
    r"|commentaires|partages)"
    r"|\d+ min(?:ute)?s? read|\d+ minutes? de lecture"
    r"|\d[\d\s.,]* (?:personnes|utilisateurs|lecteurs)? ?(?:sur|parmi) \d[\d\s.,]* ?(?:personnes|utilisateurs)?"
    r" ?(?:ont|a) (?:trouvé|jugé|aimé)\b.{0,40}"
    r"|(?:utilisateurs|personnes) qui ont (?:trouvé|jugé) .{0,30}\d+ sur \d+"
    r"|\d[\d,]* ?(?:人|位用户|名用户)?(?:中有|中)?\s?\d[\d,]* ?(?:人|位|名)?(?:用户)?(?:认为|觉得)[^。]{0,15}"
    r"|(?:浏览|阅读|点赞|评论|收藏|观看)(?:量|数|次数)?\W{0,3}\d[\d,.]*[万亿]?"
    r"|\d[\d,.]*[万亿]? ?(?:次)?(?:浏览|阅读|点赞|评论|观看)"
    # The date of the last edit beside it, often glued: "Views: 1.5MLast updated: Jul 9, 2025".
    r")\W*(?:(?:last )?updated:? [\w ,.]{4,16}\d{4})?\W*$",
    re.IGNORECASE,
)
# A heading over links to other pages: what stands under it is no text of this one.
_OTHER_PAGES = re.compile(
    r"^\W*(?:related|similar|popular|recommended|recent|more|other|featured)(?: \w+)?"
    r" (?:articles?|content|posts?|pages?|topics?|links?|resources?|reading|questions?|stories)\W*$"
    r"|^\W*(?:read next|see also|you (?:might|may) also like)\W*$"
    # Other editions of this page: links of which each names a language.
    r"|^\W*(?:additional|other|more) languages?\b.{0,80}$"
    r"|^\W*(?:articles|contenus|pages|sujets|liens)"
    r" (?:connexes|similaires|associés?|liée?s|populaires|recommandés?)\W*$"
    r"|^\W*(?:voir aussi|à lire aussi)\W*$|^\W*(?:相关|热门|推荐|更多)(?:文章|内容|主题|链接|阅读|问题|页面)\W*$",
    re.IGNORECASE,
)
# A heading over the contents of the page itself.
_CONTENTS = re.compile(
    r"^\W*(?:(?:table of )?contents|sommaire|table des matières|目录|目錄)\W*$",
    re.IGNORECASE,
)
# A heading over what a machine says of the page: its points are the page's own, said again.
_SUMMARY = re.compile(
    r"^\W*(?:page summary|(?:ai|machine)[- ](?:generated )?summary|summary (?:generated )?by ai"
    r"|résumé (?:par|de l['’])ia"
    r"|ai ?(?:总结|摘要|概览)|本页(?:总结|摘要))\W*$",
    re.IGNORECASE,
)
# Where one label of a menu ends and the next begins without a blank: "AcademyHomeVideo coursesArticles".
_GLUED = re.compile(r"[a-zà-ÿ\d)?!](?=[A-ZÀ-Þ][a-zà-ÿ])")
_RULES = re.compile(
    r"\b(?:not|never|must|shall|may|cannot|prohibit\w*|forbidden|required?|only|devez|doit|interdit\w*)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(r"[.;](?=\s|$)")
_STOPS = re.compile(r"[.,;:](?=\s|$)")
_MENU_LABELS = 5
_BESIDE = 400  # characters to either side in which the other labels stand
_LABEL = 100  # characters to either side in which the next border stands
_LABEL_WORDS = 12
_ERROR = re.compile(
    r"(?:this |the |sorry, |an |error:? ?\d*:? )*"
    r"(?:page (?:is|isn['’]t|is not|could not be|cannot be|can['’]t be|was not) (?:available|found|displayed|loaded)"
    r"|page not found|unexpected error|application error|error has occurred|something went wrong|access denied"
    r"|content (?:is not|isn['’]t) available|temporarily unavailable"
    r"|page introuvable|页面不存在|页面未找到|访问被拒绝)",
    re.IGNORECASE,
)


# "Note: This policy is effective on October 8, 2025 or the date you acknowledge these updated Terms"
_STANDS = re.compile(
    r"(?:note: )?(?:this|these|the|our) (?:updated |new |revised |current )?(?:version of )?(?:this |these |the )?"
    r"(?:privacy |usage |use )?(?:polic(?:y|ies)|terms|agreement|notice|document|version|page|changes|updates?)\b"
    r"[^.;:]{0,40}\b(?:(?:is|are|will be|becomes?|was|were) (?:effective|in effect|in force|(?:last )?updated)"
    r"|(?:takes?|goes? into|comes? into) (?:effect|force)) (?:(?:on|from|as of|since) )?[^.;:]{0,12}\d{4}\b"
    r"[^.;:]{0,110}\.?$",
    re.IGNORECASE,
)
# The host says who; the path only says where a page stands now.
_ADDRESS = re.compile(r"https?://[^\s/()\[\]]+(/[^\s()\[\]]*[\w/])")
# "Last updated: 9 July 2024" at the head of a paragraph.
_STAMPED = re.compile(
    r"(?:\b(?:last |date )?(?:updated|modified|revised|revision|effective|published)(?: (?:date|on|as of))?"
    r"|更新日期|生效日期)\s?[:：]?\s*"
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}"
    r"|\d{4}[-年./]\d{1,2}[-月./]\d{1,2}日?)",
    re.IGNORECASE,
)
# "Data processing addendum | OpenAI": what a browser shows on the tab.
_TITLE = re.compile(r"^[^|.!?;:]{3,80} \| [^|.!?;:]{2,30}$")
_PICTURE = re.compile(r"(?:!\[[^\]]{0,200}\]\([^)]{0,4000}\)\s*)+")
_SENTENCE_ENDS = frozenset(".!?;:。！？；：")
# Words for each link of a line of links: titles are short.
_LINK_WORDS = 6
_VERB = re.compile(
    r"\b(?:you|we|may|must|shall|will|should|can(?:not)?|is|are|not|please|see|contact|vous|nous)\b|您|请",
    re.IGNORECASE,
)
_HIDDEN_ADDRESS = re.compile(r"\bemail[\s\u00a0]protected\b", re.IGNORECASE)


def hides_address(text: str) -> bool:
    """Whether a mail address was hidden from machines: which one cannot be told, so none is compared."""
    return bool(_HIDDEN_ADDRESS.search(text))


def chrome_spans(text: str) -> list[tuple[int, int]]:
    """Character ranges of page furniture inside a text, and of what follows the host of an address written out."""
    spans = [match.span() for match in _INLINE.finditer(text)]
    if "://" in text:
        spans += [match.span(1) for match in _ADDRESS.finditer(text)]
    return sorted(spans)


def is_chrome(text: str) -> bool:
    """Whether a whole passage is page furniture: a button, a feedback question, a language menu, a picture."""
    if text.startswith("![") and len(text) < 5_000:
        return bool(_PICTURE.fullmatch(text.strip()))
    return len(text) < 120 and bool(_WHOLE.match(text.strip()) or _TITLE.match(text))


def is_menu(passage: Passage) -> bool:
    """Whether a paragraph is a menu whose labels lost the blanks between them: no sentences, many borders."""
    return passage.kind is PassageKind.PARAGRAPH and not _ENDING.search(passage.text) and _is_glued(passage.text)


def in_menu(passage: Passage, start: int, end: int) -> bool:
    """Whether characters [start, end) of a paragraph stand between such labels; an article may follow the menu.

    A border stands near on both sides: what follows the last label is the article.
    """
    if passage.kind is not PassageKind.PARAGRAPH:
        return False
    before, after = passage.text[max(0, start - _BESIDE) : start], passage.text[end : end + _BESIDE]
    near = (before[-_LABEL:], after[:_LABEL])
    between = all(_GLUED.search(side) and not _STOPS.search(side) for side in near)
    around = _ENDING.split(before)[-1] + passage.text[start:end] + _ENDING.split(after)[0]
    return between and _is_glued(around)


def _is_glued(text: str) -> bool:
    """Five borders in different words at least, which one name in camel case never has; and more words than borders,
    so that names glued one to the other are none. Rules that were glued are rules."""
    pieces = text.split()
    if _RULES.search(text):
        return False
    glued = [piece for piece in set(pieces) if _GLUED.search(piece)]
    borders = sum(len(_GLUED.findall(piece)) for piece in glued)
    few_stops = len(_STOPS.findall(text)) * 3 <= borders
    return len(glued) >= _MENU_LABELS and few_stops and 1.2 * borders <= len(pieces) <= _LABEL_WORDS * borders


def is_contents(passage: Passage) -> bool:
    """Whether a passage is an entry of the page's own contents: short, no sentence, under a heading that says so."""
    under = any(_CONTENTS.match(heading) for heading in passage.path[-1:])
    return under and len(passage.text.split()) <= _LABEL_WORDS and passage.text[-1:] not in _SENTENCE_ENDS


def is_counter(passage: Passage) -> bool:
    """Whether a paragraph only counts what readers did with the page; in lists and tables a count may be a limit."""
    return passage.kind is PassageKind.PARAGRAPH and len(passage.text) < 120 and bool(_COUNTED.match(passage.text))


def is_pointer(passage: Passage) -> bool:
    """Whether a passage is one of the links to other pages under a heading that says so ("Related articles")."""
    under = any(_OTHER_PAGES.match(heading) for heading in passage.path[-1:])
    return under and bool(passage.links) and passage.text[-1:] not in _SENTENCE_ENDS


def is_summary(passage: Passage) -> bool:
    """Whether a passage is a point of a summary that a machine put above the page."""
    return passage.kind is PassageKind.LIST_ITEM and any(_SUMMARY.match(heading) for heading in passage.path[-1:])


def is_furniture(passage: Passage) -> bool:
    """Whether a passage counts readers, points to other pages or parts of this one, sums it up, or is a menu."""
    kinds = (is_counter, is_pointer, is_contents, is_summary, is_menu)
    return any(is_one(passage) for is_one in kinds)


def is_link_line(passage: Passage) -> bool:
    """Whether a paragraph is a line of links (previous page, languages, footer): two or more, no sentence."""
    text = passage.text
    plain = passage.kind is PassageKind.PARAGRAPH and len(passage.links) >= 2 and text[-1:] not in _SENTENCE_ENDS
    return plain and len(text.split()) <= _LINK_WORDS * len(passage.links) and not _VERB.search(text)


def in_stamp(text: str, start: int, end: int) -> bool:
    """Whether characters [start, end) lie inside a date stamp that stands among other words."""
    return any(stamp.start() <= start and end <= stamp.end() for stamp in _STAMPED.finditer(text[:2000]))


def is_standing_note(text: str) -> bool:
    """Whether a short text only says from when this very document stands: a date stamp as a sentence."""
    return len(text) < 200 and bool(_STANDS.match(text))


def says_error(text: str) -> bool:
    """Whether a short passage says that the page could not be shown."""
    return len(text) < 100 and bool(_ERROR.match(text))
