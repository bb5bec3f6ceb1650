"""What remains of a word without its ending and its regional spelling, roughly: "sharing", "shared" and "share"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_IRREGULAR_FORMS = """
arise arose arisen; become became; begin began begun; break broke broken; bring brought; build built; buy bought;
catch caught; choose chose chosen; come came; deal dealt; draw drew drawn; fall fell fallen; feel felt; find found;
forbid forbade forbidden; get got gotten; give gave given; go went gone goes going; grow grew grown; hold held;
keep kept; know knew known; lead led; leave left; lend lent; lose lost; mean meant; meet met; pay paid; rise rose risen;
run ran running; say said; see saw seen; seek sought; sell sold; send sent; show shown; speak spoke spoken; spend spent;
stand stood; steal stole stolen; take took taken; teach taught; tell told; think thought; throw threw thrown;
undergo underwent undergone; understand understood; undertake undertook undertaken; wear wore worn; win won;
withdraw withdrew withdrawn; withhold withheld; write wrote written; child children; man men; woman women;
criterion criteria; licence license; practice practise; defence defense; offence offense; programme program;
centre center; theatre theater; metre meter; catalogue catalog; dialogue dialog; grey gray; cheque check;
fulfil fulfill; enrol enroll; judgement judgment; analyse analyze; tyre tire; instal install;
among amongst; while whilst; toward towards; amid amidst; spell spelt; learn learnt; burn burnt; dream dreamt;
ageing aging; aeroplane airplane; aluminium aluminum; artefact artifact; sceptical skeptical; mum mom; maths math;
kerb curb; plough plow; draught draft; sulphur sulfur; storey story
"""
_IRREGULAR = {form: group.split()[0] for group in _IRREGULAR_FORMS.split(";") for form in group.split()}
_BRITISH = re.compile(r"is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)")
_ENDINGS = re.compile(
    r"(?:'s|ications?|ing|ings|edly|ed|es|s|ly|ies|ied|y|ations?|ated?|ates|ating|ments?|(?<=[st])ions?|e)$"
)
_SHORT_ENDINGS = re.compile(r"(?:es|ed|e|s)$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its English (roughly: French) ending, accents and hyphens; words under four letters stay whole."""
    plain = word.replace("-", "").removesuffix("'s")
    bare = unaccented(_IRREGULAR.get(plain, plain))
    if len(bare) < 4 or not bare.isascii():
        return bare
    if len(bare) == 4:
        return bare[:-1] if bare[-1] in "sy" and bare[-2] != "s" else bare
    bare = _BRITISH.sub("iz", bare.removesuffix("s") if bare.endswith("ys") else bare).replace("our", "or")
    bare = _IRREGULAR.get(bare.removesuffix("s"), bare)
    shorter = _ENDINGS.sub("", bare)
    if len(shorter) < 3:
        return _SHORT_ENDINGS.sub("", bare)
    shorter = shorter[:-1] if len(shorter) > 4 and shorter[-1] == shorter[-2] else shorter
    return shorter.removesuffix("e") if len(shorter) > 3 else shorter


def unaccented(word: str) -> str:
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
