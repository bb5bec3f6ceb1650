"""The first sections of a digest: what needs a decision, what changed, what was corrected, which dates are ahead."""

from __future__ import annotations

from alerts.digests.document import Cell, Row, Section
from alerts.digests.values import DateAhead, Decision, Digest, DigestChange, Proceeding, Standing, Turn, TurnKind, Value
from alerts.digests.words import (
    date_line,
    local,
    local_in,
    name,
    review_word,
    state_word,
    territory,
    weekend,
    what_word,
)
from alerts.kinds import listing_word
from alerts.language import _, ngettext
from alerts.why import page, severity_word
from alerts.words import clean, day, figure, plain_day, safe_link, short
from store.values import Severity


def decisions(digest: Digest, base_url: str | None) -> Section:
    return Section(
        "decisions",
        _("What needs a decision"),
        ("", _("What"), _("State")),
        (14, 58, 28),
        tuple(_decision(one, base_url) for one in digest.decisions),
        _("Nothing waits: no high or critical change without a closed review, and no date within seven days."),
    )


def changes(digest: Digest, base_url: str | None) -> Section:
    return Section(
        "changes",
        _("Changes"),
        (_("Severity"), _("What changed"), _("Old → new"), _("Seen, evidence")),
        (12, 34, 29, 25),
        tuple(_change(one, base_url) for one in digest.changes),
        _("No change in this period for what you watch."),
    )


def turns(digest: Digest, base_url: str | None) -> Section:
    return Section(
        "turns",
        _("Corrections and reversals"),
        (_("When"), _("What became of it")),
        (24, 76),
        tuple(_turn(one, digest.timezone, base_url) for one in digest.turns),
        _("None."),
    )


def pipeline(digest: Digest) -> Section:
    return Section(
        "pipeline",
        _("Rules in the making"),
        (_("RIN or docket"), _("Stage"), _("Next date")),
        (42, 30, 28),
        tuple(_proceeding(one) for one in digest.proceedings),
        _("No proceeding in scope is open, moved, or has a date ahead."),
    )


def ahead(digest: Digest) -> Section:
    return Section(
        "ahead",
        _("Dates"),
        (_("Day"), _("What happens")),
        (30, 70),
        tuple(_date(stretch.within, one) for stretch in digest.ahead for one in stretch.dates),
        _("None in the period or the 90 days after it."),
    )


def _badge(severity: Severity) -> tuple[str, str]:
    return str(severity), severity_word(severity)


def _decision(one: Decision, base_url: str | None) -> Row:
    if one.due is not None:
        mark = (Cell("", ("date", _("date"))), Cell(date_line(one.due), link=safe_link(one.due.url)))
        return (*mark, Cell(day(one.due.on), small=_some(weekend(one.due.on))))
    assert one.severity is not None
    assert one.line is not None
    state = review_word(one.review) if one.review else ""
    seen = _("seen {at}").format(at=local(one.since)) if one.since else ""
    link = page(base_url, f"changes/{one.address}")
    return Cell("", _badge(one.severity)), Cell(one.line, link=link), Cell(state, small=_some(seen))


def _change(one: DigestChange, base_url: str | None) -> Row:
    what = " · ".join(dict.fromkeys(name(part) for part in (one.publisher, one.product, one.title) if part))
    affected = (
        _("you are affected: {territories}").format(territories=", ".join(map(territory, one.affected)))
        if one.affected
        else ""
    )
    values = [_value(value) for value in one.values]
    if one.more_values:
        values.append(ngettext("and {n} more", "and {n} more", one.more_values).format(n=figure(one.more_values)))
    confirmed = _("confirmed {at}").format(at=local(one.confirmed_at)) if one.confirmed_at else ""
    hashes = ((_("before: SHA-256 {sha}"), one.before.sha256), (_("after: SHA-256 {sha}"), one.after.sha256))
    address = _("change {address}").format(address=one.address)
    review = _("review: {state}").format(state=review_word(one.review)) if one.review else ""
    return (
        Cell("", _badge(one.severity)),
        Cell(
            one.line, link=page(base_url, f"changes/{one.address}") or safe_link(one.url), small=_some(affected, what)
        ),
        Cell("", small=tuple(values)),
        Cell(local(one.seen), small=_some(confirmed, review, address), hashes=hashes),
    )


def _value(value: Value) -> str:
    """ "Hong Kong (HK): listed → unlisted"; a value that only came stands alone."""
    if value.old is None and value.new is None:
        return value.about
    if value.old is None:
        return _("{kind}: {said}").format(kind=value.about, said=listing_word(value.new or ""))
    new = listing_word(value.new) if value.new else _("nothing")
    return _("{kind}: {said}").format(kind=value.about, said=f"{listing_word(value.old)} → {new}")


def _turn(one: Turn, timezone: str, base_url: str | None) -> Row:
    where = name(one.title)
    if one.kind is TurnKind.REREAD:
        said = _("{source}: what was stored in the period has been read again by a later extractor; no change was told")
        return Cell(_("since then")), Cell(said.format(source=where))
    text = _turn_word(one.kind).format(earlier=one.address or "", later=one.by or "")
    small = _some(_("after the period") if one.later else "", one.line, where)
    address = one.by or one.address
    return Cell(local_in(one.on, timezone)), Cell(text, link=page(base_url, f"changes/{address}"), small=small)


def _turn_word(kind: TurnKind) -> str:
    return {
        TurnKind.REVERSED: _("Change {later} reverses change {earlier}"),
        TurnKind.RETURNED: _("Change {later} returns to the text before change {earlier}"),
        TurnKind.MOVED: _("Change {later} moves a date of change {earlier}"),
        TurnKind.AMENDED: _("Change {later} corrects, extends, suspends or withdraws an earlier notice"),
        TurnKind.CONFIRMED: _("Change {earlier} waited for a second look and was confirmed"),
        TurnKind.UNCONFIRMED: _("Change {earlier} was seen once and a second look did not confirm it"),
    }[kind]


def _proceeding(one: Proceeding) -> Row:
    named = _("{name} ({publisher})").format(name=name(one.name), publisher=name(one.publisher))
    since = _standing_line(one.standing)
    moved = _("moved in the period") if one.moved else ""
    then = one.since_then
    later = _since_then(then) if then else ""
    return (
        Cell(named, link=safe_link(one.standing.url), small=_some(short(name(one.title), 160))),
        Cell(state_word(one.standing.state), small=_some(since, moved, later)),
        _next(one.standing),
    )


def _since_then(then: Standing) -> str:
    said = _("since then: {stage}, {notice}").format(stage=state_word(then.state), notice=_standing_line(then))
    if then.next_on is None or then.next_what is None:
        return said
    return f"{said}; {what_word(then.next_what)} {day(then.next_on)}"


def _next(standing: Standing) -> Cell:
    if standing.next_on is None or standing.next_what is None:
        return Cell(_("none named"))
    return Cell(day(standing.next_on), small=_some(what_word(standing.next_what), weekend(standing.next_on)))


def _standing_line(standing: Standing) -> str:
    """ "2024-13923 of 5 July 2024"."""
    number = clean(standing.number or "")
    if standing.printed is None:
        return number
    return _("{notice} of {day}").format(notice=number, day=plain_day(standing.printed))


def _date(within: int, one: DateAhead) -> Row:
    stretch = _("within {n} days after the period").format(n=within) if within else _("in the period itself")
    return (
        Cell(day(one.on), small=_some(weekend(one.on), stretch)),
        Cell(date_line(one), link=safe_link(one.url)),
    )


def _some(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)
