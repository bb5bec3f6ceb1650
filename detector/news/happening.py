"""What an entry says happened: who did what to whom, where, from when. Pure functions over its title and summary."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from detector.news.actors import Named, named, party_territory, products
from detector.news.clauses import Clause, clauses
from detector.news.cues import cues
from detector.news.outlets import zone_of
from detector.news.part import Part, parts
from detector.news.places import places
from detector.news.references import references
from detector.news.roles import dated, in_force
from detector.news.when import day_of
from store.happenings import Action, Happening
from store.territory import territory_code, territory_name

TITLE_READ, SUMMARY_READ = 400, 1_000  # characters; no headline is longer, and a hostile one must not cost minutes
# What a report about a provider or a regulator must name, so that it is about access and not, say, about its accounts.
_ACCESS = re.compile(
    r"(?<![A-Za-z])(?:API|access|accès|acceso|zugang|zugriff|traffic|countr(?:y|ies)|regions?|territor\w+|services?"
    r"|export\w*|invest\w*|outbound|sortants?|chips?|puces?|semi-?conduct\w+|models?|modèles?|modelos?|modelle?|rules?"
    r"|règles?|tokens?|jetons?|migration|pays|países|länder\w*|AI|IA|KI|users?|utilisateurs|customers?|developers?"
    r"|développeurs)(?![A-Za-z])"
    r"|接口|服务|服務|访问|訪問|地区|地區|国家|國家|模型|人工智能|投资|投資|出口|芯片|用户|用戶|开发者|開發者|迁移|遷移",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"(?<![A-Za-z])(?:API|AI|IA|KI|artificial intelligence|intelligence artificielle|inteligencia artificial|chatbots?|"
    r"language models?|modèles? de langage|large models?|outbound|sortants?|chips?|puces?|semi-?conduct\w+"
    r"|export controls?|entity list|contrôles? des exportations|affiliates rule|diffusion rule|cloud)(?![A-Za-z])"
    r"|人工智能|大模型|芯片|对外投资|對外投資|出口管制|实体清单|實體清單",
    re.IGNORECASE,
)
# A company's own affairs, which are not access, unless the clause also names what people have access to.
_AFFAIRS = re.compile(
    r"\b(?:contracts?|lawsuits?|hiring|lay-?offs?|production|factor(?:y|ies)|offices?|headquarters|data cent(?:er|re)s?"
    r"|laborator(?:y|ies)|labs?|funding|stakes?|dividends?|centres? de données|bureaux?|usines?|contrats?|procès"
    r"|embauches?"
    r"|levée de fonds|centros? de datos|oficinas?|fábricas?|contratos?|demandas?|financiación"
    r"|\w*labor|rechenzentr\w+|büros?"
    r"|verträge?|klagen?|finanzierung\w*|fabrik\w*|produktion|stellenabbau)\b"
    r"|工厂|工廠|数据中心|數據中心|办公室|辦公室|融资|融資|合同|诉讼|訴訟|招聘|オフィス|工場|データセンター|契約",
    re.IGNORECASE,
)
_SERVED = re.compile(
    r"\b(?:APIs?|access|accès|acceso|zugang|zugriff|traffic|apps?|chatbots?|models?|modèles?|modelos?|modelle?n?"
    r"|services?|users?|customers?|developers?|clients?|utilisateurs|kunden|nutzer\w*)\b|接口|服务|服務|用户|用戶|模型",
    re.IGNORECASE,
)
_ACCOUNTS = re.compile(r"\baccounts?\b|\bcomptes?\b|[账帐]号", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Writing:
    """An entry's text and the frame it was written in. speaker: the party whose own feed it is, else None.

    written: the outlet's calendar day; publishers: names of declared publishers, so that they are known as parties.
    """

    title: str
    summary: str
    language: str | None
    written: date
    speaker: str | None = None
    publishers: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.summary}"


def writing(
    title: str,
    summary: str,
    language: str | None,
    published: datetime,
    outlet: str,
    link: str = "",
    jurisdiction: str | None = None,
    *,
    official: bool = False,
    publishers: Iterable[str] = (),
) -> Writing:
    """The entry in its frame: the zone is the outlet's, see outlets.toml. official: the outlet speaks for itself."""
    written = day_of(published, zone_of(outlet, link, jurisdiction, language))
    speaker = outlet if official else None
    return Writing(title[:TITLE_READ], summary[:SUMMARY_READ], language, written, speaker, frozenset(publishers))


def happenings(said: Writing) -> tuple[Happening, ...]:
    """What the entry says happened, the title first, each (action, actor, object) once; empty for other news.

    A report must be about a known party or a rulemaking number, and about access; opinion and statistics say nothing.
    """
    found: list[Happening] = []
    # A feed may hold another language than its declaration says.
    language = said.language if cues(said.text, said.language) else None
    for clause in clauses(said.text, language, said.publishers):
        for happening in _of_clause(clause, said):
            _fold(found, happening)
    kept = [one for one in found if one.about is not None or one.refers]
    told = [one for one in kept if one.actor is not None or one.action is not Action.OFFER]
    return tuple(_completed(one, said, alone=len(told) == 1) for one in told)


def _of_clause(clause: Clause, said: Writing) -> list[Happening]:
    parties = named(clause.text, said.publishers)
    where = places(clause.text, parties)
    return [
        _happening(clause, part, parties, where, said)
        for part in parts(clause, parties, said.speaker)
        if _is_about_access(clause, part, where, said)
    ]


def _happening(
    clause: Clause, part: Part, parties: tuple[Named, ...], where: tuple[str, ...], said: Writing
) -> Happening:
    when = dated(clause, said.written)
    own = _own(part, where)
    others = [one.party.name for one in parties if one.party.name not in (part.actor, part.object)]
    return Happening(
        action=clause.cue.action,
        actor=part.actor,
        object=part.object,
        products=products(clause.text, parties, part.about),
        territories=tuple(code for code in where if territory_name(code) not in part.beside and code != own),
        effective=when.effective,
        announced=when.announced,
        ends=when.ends,
        refers=tuple(dict.fromkeys((*others, *references(clause.text)))),
        words=clause.text.strip(),
        state=part.state,
    )


def _own(part: Part, where: tuple[str, ...]) -> str | None:
    """The acting state's own territory, where it is not the place: "the US curbs investment in China"."""
    own = party_territory(part.actor or "") or (territory_code(part.actor or "") if part.object is None else None)
    return own if part.state and len(where) > 1 else None


def _is_about_access(clause: Clause, part: Part, where: tuple[str, ...], said: Writing) -> bool:
    """Whether it names what access is about, a place, a product or a rule; "bans accounts of hackers" does not.

    A state or regulator that acts on nobody named must act in our field: Hong Kong also bans smoking. What one of the
    regulators we know proposes is always told.
    """
    if references(clause.text):
        return True
    if _ACCOUNTS.search(clause.text):
        return False
    if not part.state and _AFFAIRS.search(clause.text) and not _SERVED.search(clause.text):
        return False
    if part.state:
        proposes = clause.cue.action is Action.PROPOSE and territory_code(part.actor or "") is None
        return proposes or bool(part.object or _FIELD.search(clause.text) or _FIELD.search(said.title))
    if where or _ACCESS.search(clause.text) or _ACCESS.search(said.title):
        return True
    here, above = named(clause.text, said.publishers), named(said.title, said.publishers)
    things = products(clause.text, here, part.about) or products(said.title, above, part.about)
    return bool(things or places(said.title, above))


def _fold(found: list[Happening], new: Happening) -> None:
    """Adds a happening to those of its entry, or what it adds to the one of the same doing."""
    for index, known in enumerate(found):
        if known.action is new.action and _is_same(known, new):
            found[index] = _both(known, new)
            return
    found.append(new)


def _is_same(known: Happening, new: Happening) -> bool:
    """The same actor and object, or one says less: nobody, or only whose access it is about."""
    if (known.actor, known.object, known.state) == (new.actor, new.object, new.state):
        return True
    less, more = (new, known) if new.actor is None else (known, new)
    return less.actor is None and (less.object is None or less.object == more.about)


def _both(known: Happening, new: Happening) -> Happening:
    first = new if known.actor is None and new.actor is not None else known
    return replace(
        first,
        products=tuple(dict.fromkeys((*known.products, *new.products))),
        territories=tuple(dict.fromkeys((*known.territories, *new.territories))),
        effective=known.effective or new.effective,
        announced=known.announced or new.announced,
        ends=known.ends or new.ends,
        refers=tuple(
            dict.fromkeys(one for one in (*known.refers, *new.refers) if one not in (first.actor, first.object))
        ),
    )


def _completed(one: Happening, said: Writing, *, alone: bool) -> Happening:
    """With what the rest of the entry says of it: headline and teaser tell one thing. An offer keeps to its clause.

    alone: the entry tells nothing else, so that whoever else it names belongs to it.
    """
    parties = named(said.text, said.publishers)
    one = _by_its_organ(one, parties)
    mine = tuple(party for party in parties if party.party.name == one.about)
    finer = tuple(party.product for party in mine if party.product)
    offer = one.action is Action.OFFER
    things = one.products or (() if offer else products(said.text, mine, one.about))
    own = (party_territory(one.actor or "") or territory_code(one.actor or "")) if one.state else None
    where = [code for code in places(said.text, parties) if not own or code != own]
    others = [party.party.name for party in parties] if alone else []
    return replace(
        one,
        products=tuple(dict.fromkeys((*things, *finer))),
        territories=one.territories or tuple(where),
        effective=one.effective or (None if offer else in_force(said.text, said.written)),
        refers=tuple(
            dict.fromkeys(
                name for name in (*one.refers, *others, *references(said.text)) if name not in (one.actor, one.object)
            )
        ),
    )


def _by_its_organ(one: Happening, parties: tuple[Named, ...]) -> Happening:
    """Where the entry names the state that acts and the one regulator that acts for it, the regulator acts."""
    code = territory_code(one.actor or "") if one.state else None
    organs = {party.party.name for party in parties if code and party.party.territory == code}
    return replace(one, actor=organs.pop()) if len(organs) == 1 else one
