"""Which passages are left out of a version because they change by themselves. The whole list stands here.

A passage is dropped only when it is nothing but such a line; a date inside a sentence, an effective date and a date of
publication are kept.
"""

from __future__ import annotations

import re

_MONTHS = (
    r"jan(?:uary|vier|v)?|feb(?:ruary)?|f[ée]vr?(?:ier)?|mar(?:ch|s)?|apr(?:il)?|avr(?:il)?|may|mai|june?|juin|"
    r"july?|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|"
    r"d[ée]c(?:ember|embre)?"
)
_DAYS = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
# A date or time made of digits, month and day names and what joins them; at least one digit. Atomic, because
# page text is hostile and "septseptsept" must not be tried in every way.
_DATE = (
    rf"(?=.*\d)(?>(?:\d|{_MONTHS}|{_DAYS}|st|nd|rd|th|er|utc|gmt|cet|[ecp][sd]t|[ap]\.?m\.?|at|on|le|à|t|z|"
    r"[.,:/+\- ])+)"
)
_AGE = (
    r"(?:just now|today|yesterday|now|(?:about |over |almost )?(?:an?|\d+) "
    r"(?:second|minute|hour|day|week|month|year)s? ago|(?:last|this) (?:week|month|year))"
)
_AGE_FR = r"(?:aujourd['’]hui|hier|il y a (?:une?|\d+) (?:seconde|minute|heure|jour|semaine|mois|an|année)s?)"
_AGE_ZH = r"(?:[刚剛][刚剛才]|今天|昨天|\d+ ?(?:秒|分钟|分鐘|小时|小時|天|周|個月|个月|年)前)"
_DATE_ZH = r"[\d年月日时時分./:\- ]{4,30}"
_LINES = (
    # when the page was last touched
    rf"(?:last )?(?:updated|modified|reviewed|edited|changed)(?: on| at)?:? *(?:{_AGE}|{_DATE})\.?",
    rf"this (?:page|article|document) was (?:last )?(?:updated|modified|reviewed)(?: on)?:? *(?:{_AGE}|{_DATE})\.?",
    rf"last (?:update|change|modification|review|revision)(?: on)?:? *(?:{_AGE}|{_DATE})\.?",
    rf"(?:dernière (?:mise à jour|modification|révision)|mise? à jour|modifiée?)(?: le)? *:? *(?:{_AGE_FR}|{_DATE})\.?",
    rf"(?:最后|最後|最近|上次)?(?:更新|修改|编辑|編輯)(?:时间|時間|日期|于|於)?[：: ]*(?:{_AGE_ZH}|{_DATE_ZH})",
    rf"{_AGE}|{_AGE_FR}|{_AGE_ZH}(?:更新)?",
    # when the server made it
    rf"(?:this )?(?:page |document )?(?:generated|rendered|served|retrieved|loaded)(?: on| at)?:? *{_DATE}\.?",
    # feedback boxes
    r"(?:was|is) this (?:page |article |answer |document |content )?(?:helpful|useful)\??(?: ?yes ?[/|]? ?no)?",
    r"did this (?:answer your question|page help you|help)\??",
    r"how (?:helpful|useful) (?:was|is) this (?:page|article)\??",
    r"(?:cette (?:page|réponse)|cet article) (?:vous )?a[- ]t[- ](?:elle|il) été utile ?\??",
    r"ces informations (?:vous )?ont[- ]elles été utiles ?\??",
    r"(?:此|该|这|本)?(?:页面|文章|内容|信息|回答)(?:对您|对你)?(?:是否)?有(?:用|帮助)(?:吗)?[？?]?",
    r"send feedback|give feedback|need to tell us more\?|envoyer des commentaires|提交反馈|发送反馈",
    # reading time, views, sharing
    r"(?:estimated )?(?:reading|read) time:? *(?:about )?\d+ ?(?:min(?:ute)?s?)?",
    r"(?:\d+|one|an?)[- ]min(?:ute)?s?[- ]read(?:ing)?(?: time)?",
    r"(?:temps de lecture|durée de lecture) ?:? *(?:environ )?\d+ ?min(?:utes?)?",
    r"(?:预计|約|约)?(?:阅读|閱讀)(?:时间|時間|时长)?[：: ]*(?:约)?\d+ ?分[钟鐘]?",
    r"(?:预计|約|约)?\d+ ?分[钟鐘](?:阅读|閱讀)",
    r"[\d,.]+[km]? (?:views|reads|shares|comments)",
)
_VOLATILE = re.compile("|".join(f"(?:{line})" for line in _LINES), re.IGNORECASE)
_LONGEST = 120


def is_volatile(text: str) -> bool:
    """Whether a passage is nothing but a line that changes by itself: an age, a last-updated date, a feedback box."""
    return len(text) <= _LONGEST and bool(_VOLATILE.fullmatch(text))
