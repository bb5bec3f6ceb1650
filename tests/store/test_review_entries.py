"""The audit trail of a review can be added to; the database itself refuses to rewrite it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from store.pending import record_judgement, unjudged
from store.values import Judgement, Severity

ACTS = (
    "update review_entry set state = 'open'",
    "delete from review_entry",
    # PostgreSQL has no such statement and refuses the key; SQLite would put the new row in the old one's place.
    "{insert} into review_entry (id, review_id, at, by, state, via)"
    " select id, review_id, at, by, 'open', via from review_entry",
)


@pytest.fixture
def entry(database, record, list_of, start):
    """One entry of the review of one change."""
    record(start, list_of("FR"))
    record(start + timedelta(hours=1), list_of("FR", "JP"))
    with database.begin() as session:
        for version in unjudged(session, 100):
            judgement = Judgement(True, 0.9, Severity.HIGH, ("a reason",)) if version.old else None
            record_judgement(session, version.version_id, (), judgement, start)
        session.execute(
            text(
                "insert into review (id, owner, change_id, state, updated_at)"
                " select 1, 'team:a', min(id), 'acknowledged', max(at) from change"
            )
        )
        session.execute(
            text(
                "insert into review_entry (id, review_id, at, by, state, via)"
                " select 1, 1, max(at), 'Ada', 'acknowledged', 'page' from change"
            ),
        )


@pytest.mark.parametrize("act", ACTS)
def test_an_entry_is_never_changed(database, entry, act):
    insert = "insert or replace" if database.engine.dialect.name == "sqlite" else "insert"
    with pytest.raises(DatabaseError), database.engine.begin() as connection:
        connection.execute(text(act.format(insert=insert)))
    with database.engine.begin() as connection:
        assert connection.execute(text("select state, by from review_entry")).all() == [("acknowledged", "Ada")]
