"""Which words and turns of phrase say the same: a short list in English, French and Chinese, each group one meaning.

Kept short on purpose: words that mean nearly the same in terms ("fees" and "charges") but may be told apart there are
not in it. Many English groups follow the plain-language word list of the United States government (public domain).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from detector.words.overlap import Word, words
from detector.words.stems import stem

# One group a line; the phrases of a group are parted by bars. A group that begins with a bar says nothing at all.
_GROUPS = """
| in order | please note that | please note | please be aware that | please be advised that | it should be noted that
| note that | for the avoidance of doubt | for clarity | for the purposes of clarity | kindly | hereby | herein
| as applicable | where applicable | if applicable | as the case may be | at our end | in this regard
| to the extent that | to the extent | respective | respectively
| aforementioned | foregoing | in question | basically | essentially
| simply
| for instance | e.g. | such as | like | including | including but not limited to | including without limitation
| for example | mailto | namely | i.e. | that is to say | which is to say | generally speaking | in general
| furthermore | moreover | additionally | in addition | besides | also | as well | as well as | likewise
| too | further | additional | extra | supplementary
| however | nevertheless | nonetheless | yet | although | even though | though | while | whereas
| therefore | accordingly | consequently | thus | hence | as a result | for this reason | as a consequence
| with respect to | with regard to | regarding | concerning | in relation to | in connection with
| relating to | related to
| pertaining to | as regards | in respect of | as to | about | on the subject of | with reference to
| in accordance with | pursuant to | according to | in line with | in compliance with | as per | as set out in
| as described in | as set forth in | as stated in | under the terms of | as outlined in
| on behalf | in the course of | during the course of | in the process of
| by means of | by way of | through the use of | via | through | by using
| because of | due to | owing to | on account of | as a result of | by reason of | on the grounds that | because | since
| due to the fact that | in view of the fact that | in light of
promptly | prompt | as soon as possible | without undue delay | without delay | swiftly
individual | person | people | persons | individuals | someone | anyone | somebody | anybody
| thing | matter | manner | way | means | basis
| if | in the event that | in the event of | in case | in case of | provided that | on condition that
| during | throughout | in the duration of
| when | at the time that | at such time as | at the time when
enough | sufficient | adequate
use | using | used | uses | utilize | utilise | make use of | employ | usage | utilization | utilisation
help | assist | aid | assistance | support you with
try | attempt | endeavor | endeavour | seek to | strive | make an effort
begin | commence | start | initiate | commencement | beginning
end | terminate | cease | termination | discontinue | bring to an end | put an end to | stop | conclude | finish
buy | purchase | acquire by purchase
get | obtain | acquire | receive | receipt
give | provide | provides | provided | providing | supply | furnish | grant | make available | offer | provision
send | submit | transmit | forward | deliver | submission | transmission
show | display | demonstrate | indicate
tell | inform | notify | advise | let you know | give notice to | notification
ask | request | inquire | enquire
keep | retain | maintain | preserve | retention | hold onto
store | save
change | modify | alter | amend | modification | alteration | amendment | revise | revision | adjust | adjustment
update | bring up to date
fix | repair | correct | rectify | remedy | correction
choose | select | elect | opt | pick | choice | selection
decide | determine | decision | determination
think | believe | consider | deem
guarantee | warrant | warranty
big | large | sizable | sizeable
small | little
whole | entire | complete | full
others | other people | anyone else | someone else | other persons
carefully | with care | attentively
automatic | automatically | by itself
free | freely | at liberty
as is | in its current state
instead | in lieu | in place of | rather than
together | jointly | in combination
separately | individually | one by one
measures | steps
intended for | directed at | aimed at | designed for | targeted at | meant for
refund | reimburse | reimbursement | money back
sign up | register | registration | enroll | enrollment | subscribe
log in | sign in | login
turn off | disable | deactivate | switch off
turn on | activate | switch on
question | query
view | see
main | principal | primary | chief
important | significant | essential | crucial | key | vital
necessary | needed | need | needs | required | necessitate
often | frequently | regularly
sometimes | occasionally | from time to time | now and then | periodically
usually | normally | typically | ordinarily | generally
quickly | rapidly | speedily | fast
immediately | at once | straight away | right away | forthwith | instantly
currently | at present | presently | at this time | now | at the moment | at this point in time
soon | shortly
careful | diligent | cautious
error | mistake
problem | issue | difficulty
answer | reply | respond | response
happen | occur | take place | arise | occurrence
build | construct | make | create | produce | develop | creation
check | verify | confirm | examine | verification | confirmation
ensure | make sure | see to it | make certain
follow | comply with | adhere to | abide by | observe | compliance
break | breach | violate | contravene | infringe | violation | infringement
carry out | perform | conduct | execute | undertake | do | performance
look at | review | inspect | read | go over
explain | clarify | set out in detail | describe
improve | enhance | better | improvement | enhancement
remove | delete | erase | deletion | removal | take down
prevent | stop from | keep from
allow | permit | enable | let | authorize | authorise
forbid | prohibit | ban | disallow
lawful | legal | legally permitted
unlawful | illegal | against the law
law | legislation | statute
rule | regulation
agreement | contract
conditions | terms
anything | whatever | any thing
website | web site | site | webpage | web page
phone | telephone
email | e mail | electronic mail
staff | employees | personnel | workforce
customer | client
vendor | supplier
car | automobile
film | movie
annual | yearly | once a year | per year | each year | every year
monthly | once a month | per month | each month | every month
weekly | once a week | each week | every week
daily | once a day | each day | every day
quarterly | once a quarter | every quarter
free of charge | at no cost | at no charge | for free | without charge
cost | expense
money | funds
pay | make payment | payment | make a payment | remit
last | most recent | latest
current | present | up to date
part | portion | section of
place | location
country | nation
home | residence
equal | same | identical
different | distinct
similar | comparable | alike
particular | specific | certain
reason | cause
effect | result | consequence | outcome
goal | aim | objective | purpose
appendix | annex | exhibit | schedule | attachment | section | article | clause | paragraph | chapter
disclose | reveal
share | pass on
collect | gather | collection
information | info | details
understand | comprehend
accept | agree to | consent to | acceptance
reject | refuse | decline | turn down | refusal
cancel | call off | cancellation
leave | depart | go away
live | reside | dwell
visit | go to
able to | capable of | in a position to
want | wish | would like | desire
like to | prefer
contact | get in touch with | reach out to | reach
find | locate
learn | find out | discover
work | function | operate
safe | secure
safeguard | protect | protection
danger | risk | hazard
harm | damage
anonymous | anonymised | anonymized | de-identified
ad | advertisement | advert | advertising
child sexual abuse material | child pornography | csam
united states | u.s. | us | usa
"""
_FRENCH_GROUPS = """
| si | dans le cas où | au cas où | dans l'hypothèse où | à condition que
| afin de | afin d | pour | en vue de | en vue d | dans le but de | dans le but d
| conformément à | conformément aux | en vertu de | selon | en application de
| concernant | relatif à | relative à | relatifs à | relatives à | au sujet de | en ce qui concerne
| également | aussi | en outre | de plus | par ailleurs
| cependant | toutefois | néanmoins
utiliser | employer | faire usage de | recourir à | utilisation | usage
aider | assister
commencer | débuter
terminer | mettre fin à | cesser | résilier | résiliation | prendre fin | prend fin | se termine
acheter | acquérir
obtenir | recevoir | reçoit | recevez | obtient | obtenez
fournir | offrir | procurer | proposer
envoyer | transmettre | adresser
informer | avertir | aviser | notifier | prévenir
conserver | garder | stocker
modifier | changer | modification | changement
choisir | sélectionner
immédiatement | sans délai | aussitôt
vérifier | contrôler
site | site internet | site web
supprimer | effacer
respecter | se conformer à | observer
"""
_HAN_GROUPS = """
使用 利用 运用
- 如果 如 若 倘若 假如
- 但是 但 不过 然而
- 并且 并 而且 以及 及 和 与
- 因此 所以 故
提供 给予 供给
通知 告知
立即 马上 即刻
修改 更改 变更 修订
终止 停止 结束
删除 移除 清除
目前 现在 当前
帐 账
客户 顾客
企业 公司
收集 采集
存储 储存 保存
遵守 遵循
购买 购置
- 按照 根据 依照 依据 依
- 关于 有关
- 例如 比如 譬如
大约 约
协助 帮助
开始 起始
"""
_FRENCH_ENDINGS = ("e", "es", "ons", "ez", "ent", "é", "ée", "és", "ées", "era", "erons", "erez", "eront", "ait", "ant")
Meaning = tuple[str, int, int]


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[tuple[str, ...], str]]:
    """By the stem of their first word: the stems of each turn of phrase and what it means ("" for nothing)."""
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for names, silent in _groups():
        meaning = "" if silent else " ".join(_stems(names[0]))
        for name in (form for one in names for form in _forms(one)):
            stems = _stems(name)
            found.setdefault(stems[0], {}).setdefault(stems, meaning)
    return {first: dict(sorted(group.items(), key=lambda one: -len(one[0]))) for first, group in found.items()}


def _groups() -> Iterator[tuple[list[str], bool]]:
    """The names of each group, and whether it says nothing."""
    for line in (*_GROUPS.strip().splitlines(), *_FRENCH_GROUPS.strip().splitlines()):
        yield [name.strip() for name in line.split("|") if name.strip()], line.startswith("|")
    for line in _HAN_GROUPS.split("\n"):
        names = line.removeprefix("- ").split()
        if names:
            yield names, line.startswith("- ")


def _forms(name: str) -> Iterator[str]:
    """A name, and where it is a French verb in -er or -ier its commonest forms."""
    yield name
    if name.endswith("er") and f"| {name}" in f"| {_FRENCH_GROUPS}".replace("\n", "\n| "):
        yield from (name[:-2] + ending for ending in _FRENCH_ENDINGS)


def _stems(name: str) -> tuple[str, ...]:
    return tuple(stem(word.key) for word in words(name) if not word.is_sign)


def meanings(tokens: Sequence[Word]) -> Iterator[Meaning]:
    """(meaning, first, last + 1) of every word and turn of phrase of a text; signs are passed over.

    The longest turn of phrase wins. A word of no group means its own stem; a phrase that says nothing means "".
    """
    places = [place for place, word in enumerate(tokens) if not word.is_sign]
    stems = [stem(tokens[place].key) for place in places]
    at = 0
    while at < len(stems):
        length, meaning = _longest(stems, at)
        yield meaning, places[at], places[at + length - 1] + 1
        at += length


def _longest(stems: Sequence[str], at: int) -> tuple[int, str]:
    for phrase, meaning in _phrases().get(stems[at], {}).items():
        if tuple(stems[at : at + len(phrase)]) == phrase:
            return len(phrase), meaning
    return 1, stems[at]
