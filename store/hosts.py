"""Who may ask a host now, not before when, and what its robots.txt said: rows that outlive a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.schema import HostRow, RobotsRow


@dataclass(frozen=True, slots=True)
class HostLease:
    """Whether the host is ours, until when it is ours or another's, and when it may be asked again."""

    owned: bool
    until: datetime
    next_ok_at: datetime | None


@dataclass(frozen=True, slots=True)
class RobotsText:
    """What an origin answered for /robots.txt. status is None when it could not be reached."""

    status: int | None
    body: str
    fetched_at: datetime


def lease_host(session: Session, name: str, owner: str, now: datetime, until: datetime) -> HostLease:
    """Takes or prolongs the host for owner, unless another owner holds it at now.

    One conditional statement decides, so of two processes asking at once exactly one gets it.
    """
    free = or_(HostRow.owner.is_(None), HostRow.owner == owner, HostRow.owner_until <= now)
    statement = _insert(session, HostRow).values(name=name, owner=owner, owner_until=until)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[HostRow.name], set_={"owner": owner, "owner_until": until}, where=free
        )
    )
    row = session.execute(
        select(HostRow.owner, HostRow.owner_until, HostRow.next_ok_at).where(HostRow.name == name)
    ).one()
    return HostLease(row.owner == owner, row.owner_until or now, row.next_ok_at)


def release_hosts(session: Session, owner: str, next_ok: Mapping[str, datetime | None]) -> None:
    """Gives back hosts that this owner holds, each not to be asked again before an instant.

    An earlier, longer pause that a host asked for stands.
    """
    for name, until in next_ok.items():
        mine = (HostRow.name == name, HostRow.owner == owner)
        session.execute(update(HostRow).where(*mine).values(owner=None, owner_until=None))
        if until is not None:
            pause_host(session, name, until)


def pause_host(session: Session, name: str, until: datetime) -> None:
    """Keeps everybody from asking the host before until; an earlier, longer pause stands."""
    shorter = or_(HostRow.next_ok_at.is_(None), HostRow.next_ok_at < until)
    statement = _insert(session, HostRow).values(name=name, next_ok_at=until)
    session.execute(
        statement.on_conflict_do_update(index_elements=[HostRow.name], set_={"next_ok_at": until}, where=shorter)
    )


def robots_of(session: Session, origin: str) -> RobotsText | None:
    """The stored robots.txt of an origin ("https://example.com"), however old."""
    row = session.get(RobotsRow, origin)
    return RobotsText(row.status, row.body, row.fetched_at) if row else None


def keep_robots(session: Session, origin: str, text: RobotsText) -> None:
    """Replaces the stored robots.txt of an origin. PostgreSQL's text holds no NUL, so NULs are dropped."""
    values = {"status": text.status, "body": text.body.replace("\x00", ""), "fetched_at": text.fetched_at}
    statement = _insert(session, RobotsRow).values(origin=origin, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[RobotsRow.origin], set_=values))


def _insert(session: Session, row: type[HostRow] | type[RobotsRow]) -> sqlite.Insert | postgresql.Insert:
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(row) if postgres else sqlite.insert(row)
