"""Which language a text is in, told by its script or by its commonest little words; None where that is not plain."""

from __future__ import annotations

import re
from collections import Counter

_LITTLE_WORDS = {
    "en": "the of and to in that is for with you your we our may not are be this",
    "fr": "le la les des et du une est dans pour que vous nous votre vos sur par au ne",
    "de": "der die das und ist nicht mit den von zu sie wir ihre auf für ein eine oder des",
    "es": "el los las y que en una es para con por su usted nosotros del se no al sus",
    "it": "il gli di e che una è per con non sono della nel dei le si dati sul i",
    "pt": "o os as e que uma é para com por não sua você nós da do em ao dos",
    "nl": "de het een en van is niet met op voor dat wij uw u zijn te aan of deze",
}
_LISTS = {tongue: frozenset(words.split()) for tongue, words in _LITTLE_WORDS.items()}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]"), 0.1),
    ("ko", re.compile("[\uac00-\ud7af]"), 0.2),
    ("zh", re.compile("[\u4e00-\u9fff]"), 0.3),
    ("ru", re.compile("[\u0400-\u04ff]"), 0.3),
    ("ar", re.compile("[\u0600-\u06ff]"), 0.3),
)
_ENOUGH = 12  # little words; the first tongue must also have half as many again as the second
_LENGTH = 8_000


def tongue(text: str) -> str | None:
    """ISO 639-1 code of a text's language."""
    text = text[:_LENGTH].lower()
    letters = sum(map(str.isalpha, text)) or 1
    for name, script, share in _SCRIPTS:
        if len(script.findall(text)) > share * letters:
            return name
    counts = Counter(re.findall(r"[^\W\d_]+", text))
    ranked = sorted(((sum(counts[word] for word in words), name) for name, words in _LISTS.items()), reverse=True)
    (most, name), (second, _) = ranked[:2]
    return name if most >= _ENOUGH and most * 2 >= second * 3 else None
