"""Which texts only announce a version of the very document they stand in: a date stamp in sentences."""

from __future__ import annotations

import re

from detector.statements.dates import dates
from detector.words.french import french_stem
from detector.words.overlap import sentences, words
from detector.words.stems import stem
from detector.words.vocabulary import is_content

_LONGEST = 700
_SENTENCES = 6
# The document itself: "our Privacy Policy", "these Example Monetization Terms", "the previous terms of service".
_KIND = r"(?:polic(?:y|ies)|terms|conditions|agreement|notice|statement|document|guidelines|rules|addendum|version)"
_OLDER = (
    r"(?:prior|previous|earlier|old|older|current|existing|former|past|archived|new|updated|latest|revised|following)"
)
_DOCUMENT = re.compile(
    rf"\b(?:(?:this|these|our)|(?:the |an? |our |these )?{_OLDER})(?: [\w'’&-]+){{0,4}}? {_KIND}\b"
    r"(?: (?:of|for) (?:service|use|sale|this (?:page|document|policy)|these terms)"
    rf"|(?: of)? (?:the|this|these|our)(?: [\w'’&-]+){{0,3}}? {_KIND}\b)*(?: agreement\b)?"
    rf"(?:,? and (?:our |the |these )?(?:[\w'’&-]+ ){{0,3}}?{_KIND}\b)*"
    r"|\b(?:la|une|cette|les) versions? (?:précédentes?|antérieures?|actuelles?|nouvelles?|anciennes?)\b"
    r"|\b(?:cette|ces|ce|notre|nos|(?:la|les|le) (?:présentes?"
    r"|nouvelles?|précédentes?|anciennes?|actuelles?|versions?))\b"
    r"(?:[ '’][^\W\d]+){0,4}?[ '’](?:politiques?|conditions|règles|contrat|accord|avis|charte|déclaration"
    r"|document|version)\b(?: précédentes?| antérieures?| actuelles?| de confidentialité| d['’]utilisation| générales)*"
    r"|(?:我们的|本|此|以下|更新后的|修订后的|(?<!更)新的?|旧的?|此前的?|之前的?|先前的?|原|上一|当前的?|现行)[《\w]{0,10}?"
    r"(?:政策|条款|协议|规则|声明|指引|版本?)》?",
    re.IGNORECASE,
)
# What an update is for, where that says nothing of what it changes; up to the end of the sentence.
_AIM = re.compile(
    r",? (?:in order )?to (?:(?:further|better|continue to|help) )?"
    r"(?:improve|clarify|reflect|explain|simplify|streamline|make (?:it|them|things) (?:easier|clearer))\b.*"
    r"|,? (?:afin de|pour) (?:mieux )?(?:améliorer|clarifier|refléter|expliquer|simplifier)\b.*"
    r"|[,，]?以(?:便)?(?:更好地)?(?:改进|完善|说明|反映|简化).*",
    re.IGNORECASE,
)
# Who is shown where the document is: "you can read the previous version here".
_INVITES = re.compile(
    r"\byou (?:can|may|will) (?:also |still |always )?(?=(?:access|consult|find|read|review|see|view)\b)", re.IGNORECASE
)
_SAID_WORDS = """
update updated updating revise revision modify modification change amend renew recent last latest new current previous
prior earlier older effective effect force take become come go enter available archive post publish found find read
see view review access click here below above date day today version copy link page note notice please immediately
start begin begun follow document made making some few until now dated history list
mettons avons nous mettre jour mis modifier actualiser réviser récemment entrer entrent entrera entreront vigueur
prendre effet disponible consultable accessible consulter consultez trouver lire cliquez cliquer ici dessous date
compter partir dès version précédente antérieure nouvelle présente
"""
_SAID = frozenset(form for word in _SAID_WORDS.split() for form in (stem(word), french_stem(word)))
_SAID_HAN = re.compile(
    r"正在|已经|最近|近期|更新|修订|修改|调整|生效|施行|发布|公布|日期|点击|此处|这里|查看|查阅|下方|上方|请|见|将|已|自|于|从|起|我们|了|在|可|的|正式|至|止|前|日|为"
)
_CUE = re.compile(
    r"\b(?:updat|revis|modif|amend|chang)\w+|\b(?:effect(?:ive)?|force|posted|published|available|archived|version"
    r"|found|find|read|see|view|review)\b|\bmis(?:es?)? à jour|\bmettons à jour|\bvigueur\b|\beffet\b"
    r"|disponible|consult"
    r"|更新|修订|修改|生效|施行|发布|查看|查阅|点击",
    re.IGNORECASE,
)
_BINDS = re.compile(
    r"\b(?:must|shall|may not|cannot|not|unless|only|if|agree(?:s|d|ing)?"
    r"|accept\w*|consent\w*|continu\w*|required?|oblig\w+)\b"
    r"|\b(?:devez|doit|doivent|pas|si|sauf|acceptez|consent\w*)\b|不|必须|须|同意|接受|除非|如果",
    re.IGNORECASE,
)


def is_announcement(text: str) -> bool:
    """Whether every sentence of a text says only that this document is or was updated, since when, or where one is.

    "We've updated these terms. The prior version is available here." What binds somebody, names a condition, or tells
    what the update changes is none.
    """
    if len(text) > _LONGEST:
        return False
    said = [part for part in sentences(text) if any(letter.isalnum() for letter in part)]
    whole = [part for part in said if not _is_opening(part)]
    return 0 < len(whole) <= _SENTENCES and all(_announces(part) for part in whole)


def _is_opening(sentence: str) -> bool:
    """ "Please note:" before what is announced."""
    return sentence.endswith(":") and all(stem(word.key) in _SAID for word in words(sentence) if is_content(word))


def _announces(sentence: str) -> bool:
    rest, documents = _DOCUMENT.subn(" ", _INVITES.sub("", _AIM.sub("", sentence)))
    if not documents or _BINDS.search(sentence) or not _CUE.search(sentence):
        return False
    for day in reversed(dates(rest)):
        rest = rest[: day.start] + " " + rest[day.end :]
    left = [word.key for word in words(_SAID_HAN.sub(" ", rest)) if not word.is_sign]
    return all(_says_nothing(key) for key in left)


def _says_nothing(key: str) -> bool:
    return stem(key) in _SAID or french_stem(key) in _SAID or not (key[0].isdigit() or _carries(key))


def _carries(key: str) -> bool:
    return any(is_content(word) for word in words(key))
