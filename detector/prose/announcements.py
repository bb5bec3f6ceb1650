"""Which texts only announce a version of the very document they stand in, or show a reader where it is."""

from __future__ import annotations

import re

from detector.statements.dates import dates
from detector.words.french import french_stem
from detector.words.overlap import sentences, words
from detector.words.stems import stem
from detector.words.vocabulary import is_content
from store.territory import find_territories

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
    # By its title, "the Platform Terms", and by what became of it, "these updates".
    r"|\bthe (?-i:(?:[A-Z][\w'’&-]* ){1,4}"
    r"(?:Polic(?:y|ies)|Terms|Conditions|Agreement|Notice|Guidelines|Rules|Addendum)(?: of (?:Service|Use))?)\b"
    r"|\b(?:this|these|the|our) (?:updates?|changes?|revisions?)\b"
    # Where help is written down.
    r"|\b(?:our|the|this) (?:[\w'’&-]+ ){0,3}?"
    r"(?:help (?:cent(?:er|re)|articles?|pages?)|faqs?|support (?:pages?|articles?))\b"
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
    r"(?:improve|clarify|reflect|explain|simplify|streamline|make (?:it|them|things) (?:easier|clearer)"
    r"|keep [\w ]{2,30} (?:safe|welcoming|secure))\b.*"
    r"|,? (?:afin de|pour) (?:mieux )?(?:améliorer|clarifier|refléter|expliquer|simplifier)\b.*"
    r"|[,，]?以(?:便)?(?:更好地)?(?:改进|完善|说明|反映|简化).*",
    re.IGNORECASE,
)
# Who is shown where the document is: "you can read the previous version here".
_INVITES = re.compile(
    r"\byou (?:can|may|will) (?:also |still |always )?(?=(?:access|consult|find|read|review|see|view)\b)", re.IGNORECASE
)
# What more is to be read there: "For more information about how data is handled, see our policy."
_TOPIC = re.compile(
    r"^(?:for|to (?:learn|find out|read|see)) (?:more|further|additional)(?: information| details)?"
    r"(?: (?:about|on|regarding) [^,.;:]{3,100})?, "
    r"|^(?:learn|read|find out) more about [^,.;:]{3,100} (?=in (?:our|the|this)\b)"
    r"| for (?:more|further|additional) (?:information|details)(?: (?:about|on|regarding) [^,.;:]{3,100})?(?=\.?$)"
    r"|^pour (?:plus d['’]informations|en savoir plus)(?: sur [^,.;:]{3,100})?, ",
    re.IGNORECASE,
)
# What an update changed, told in a sentence after the one that announced it.
_TELLS = re.compile(r"^(?:this|these|the) (?:change|update|revision)s?\b", re.IGNORECASE)
# For whom the document is shown: "If you are located in Poland, click here."
_READER = re.compile(
    r"^(?:if|for) (?:you|users|customers|residents|people|those)"
    r"(?:['’]re| (?:are|live|reside|who (?:are|live|reside)))?"
    r"(?: (?:based|located|living|resident|residing|established))? (?:in|from|of|outside) (?P<place>[^,.;:]{2,60}), ?"
    r"|^(?:se|si|wenn|falls|als) (?:risiedi|vivi|sei|ti trovi|resides|vives|estás|reside|vive|está|sie|je|u)"
    r"(?: (?:residente|situado|basato|woont|wohnt|ihren wohnsitz))? (?:in|en|em|a|na|no) (?P<luogo>[^,.;:]{2,60}?)"
    r"(?: (?:haben|leben|wohnen|ansässig sind|woont|wonen))?, ?"
    r"|^si vous (?:êtes|résidez|habitez)(?: (?:situé|établi|basé)e?s?)? (?:en|au|aux|dans|à) (?P<lieu>[^,.;:]{2,60}), ?"
    r"|^(?:如果)?[您你]?(?:位于|居住在|身处|在)(?P<di>[^，。；]{2,20})(?:的用户)?[，,]",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"\b(?:click|tap) (?:here|below)\b|\b(?:see|read|view|find|review|consult|access)\b.*\bhere\b"
    r"|\b(?:cliquez ici|clicca qui|haga clic aquí|haz clic aquí|clique aqui|klicken sie hier|klik hier)\b"
    r"|\b(?:voir|lire|consultez)\b.*\bici\b|点击(?:此处|这里)|(?:此处|这里)查[看阅]",
    re.IGNORECASE,
)
# Since or until when a document holds for everybody: "These terms apply to all users until 3 May 2025."
_HOLDS = re.compile(
    r"\b(?:will )?appl(?:y|ies) to (?:all|every|each)(?: (?:our|existing|current))?"
    r" (?:users?|customers?|members?|accounts?|visitors?) (?:until|through|before|up to|as of|from|on)(?= |$)",
    re.IGNORECASE,
)
_SAID_WORDS = """
update updated updating revise revision modify modification change amend renew recent last latest new current previous
prior earlier older effective effect force take become come go enter available archive post publish found find read
see view review access click here below above date day today version copy link page note notice please immediately
start begin begun follow document made making some few until now dated history list check out go into learn more
refer visit full complete entire whole
mettons avons nous mettre jour mis modifier actualiser réviser récemment entrer entrent entrera entreront vigueur
prendre effet disponible consultable accessible consulter consultez trouver lire cliquez cliquer ici dessous date
compter partir dès version précédente antérieure nouvelle présente
clicca qui haga haz clic aquí clique aqui klicken klik sie hier
"""
_SAID = frozenset(form for word in _SAID_WORDS.split() for form in (stem(word), french_stem(word)))
_SAID_HAN = re.compile(
    r"正在|已经|最近|近期|更新|修订|修改|调整|生效|施行|发布|公布|日期|点击|此处|这里|查看|查阅|下方|上方|请|见|将|已|自|于|从|起|我们|了|在|可|的|正式|至|止|前|日|为"
)
_CUE = re.compile(
    r"\b(?:updat|revis|modif|amend|chang)\w+|\b(?:effect(?:ive)?|force|posted|published|available|archived|version"
    r"|found|find|read|see|view|review|check out|refer|visit)\b"
    r"|\bmis(?:es?)? à jour|\bmettons à jour|\bvigueur\b|\beffet\b"
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

    "We've updated these terms. The prior version is available here." "If you are located in Poland, click here." What
    binds somebody, names a condition other than where a reader lives, or tells what the update changes is none.
    """
    if len(text) > _LONGEST:
        return False
    parts = (part for sentence in sentences(text) for part in sentence.split(" / "))
    said = [part.strip(" /|·•–") for part in parts if any(letter.isalnum() for letter in part)]
    whole = [part for part in said if not _is_opening(part)]
    return 0 < len(whole) <= _SENTENCES and all(_announces(part) for part in whole)


def is_past_announcement(text: str) -> bool:
    """Whether a text announces an update of its document and perhaps tells what it changed.

    That such a note goes is no news: what it told was news when it came. A sentence that binds somebody makes it none.
    """
    told = sentences(text) if len(text) <= _LONGEST else []
    return (
        bool(told)
        and _announces_since(told[0])
        and all((_TELLS.match(part) and not _BINDS.search(part)) or is_announcement(part) for part in told[1:])
    )


def _announces_since(sentence: str) -> bool:
    """ "We have updated this addendum, effective from 7 September 2023." """
    return is_announcement(sentence) or is_announcement(re.sub(r", effective (?:from|as of|on) ", " ", sentence))


def _is_opening(sentence: str) -> bool:
    """ "Please note:" before what is announced."""
    return sentence.endswith(":") and all(stem(word.key) in _SAID for word in words(sentence) if is_content(word))


def _announces(sentence: str) -> bool:
    told, shows = _without_reader(sentence)
    held, holds = _HOLDS.subn(" ", told) if dates(told) else (told, 0)
    held, topics = _TOPIC.subn("", held)
    rest, documents = _DOCUMENT.subn(" ", _INVITES.sub("", _AIM.sub("", held)))
    if not (documents or shows) or _BINDS.search(told) or not (holds or topics or shows or _CUE.search(told)):
        return False
    for day in reversed(dates(rest)):
        rest = rest[: day.start] + " " + rest[day.end :]
    left = [word.key for word in words(_SAID_HAN.sub(" ", rest)) if not word.is_sign]
    return all(_says_nothing(key) for key in left)


def _without_reader(sentence: str) -> tuple[str, bool]:
    """The sentence without the readers of a territory for whom it is, and whether it shows them something by a link."""
    reader = _READER.match(sentence)
    place = next((one for one in reader.groups() if one), "") if reader else ""
    if reader is None or not find_territories(place):
        return sentence, False
    rest = sentence[reader.end() :]
    return rest, bool(_SHOWS.search(rest))


def _says_nothing(key: str) -> bool:
    return stem(key) in _SAID or french_stem(key) in _SAID or not (key[0].isdigit() or _carries(key))


def _carries(key: str) -> bool:
    return any(is_content(word) for word in words(key))
