"""What a visit writes, and what it must never write."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from store import blobs
from store.archive import Visited, confirmed_before, current, record_unchanged, record_visit
from store.schema import SnapshotRow, SourceRow, VersionRow, VisitRow
from store.sources import claim_due, claim_named, declare, release
from store.values import Outcome

HOUR = timedelta(hours=1)


def count(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_first_version_is_kept_with_its_bytes(database, record, list_of, start):
    content = list_of("US", "HK")
    version = record(start, content)
    with database.read() as session:
        found = current(session, version)
    assert found.content == content
    assert found.snapshot.body == content.fingerprint.encode()
    assert (found.version, found.recipe) == (version, "r1")


def test_confirmation_writes_a_visit_and_no_version(database, record, list_of, start):
    version = record(start, list_of("US"))
    assert record(start + HOUR, list_of("US")) == version
    assert (count(database, VersionRow), count(database, VisitRow), count(database, SnapshotRow)) == (1, 2, 1)


def test_bad_capture_is_evidence_and_leaves_version_validators_and_verified_alone(database, record, list_of, start):
    record(start, list_of("US"), etag='"good"')
    assert record(start + HOUR, None, Outcome.BLOCKED, reason="challenge", etag='"bad"') is None
    with database.read() as session:
        source = session.scalars(select(SourceRow)).one()
        visit = session.scalars(select(VisitRow).order_by(VisitRow.id.desc())).first()
    assert (source.etag, source.verified_at, source.failures) == ('"good"', start, 1)
    assert (visit.outcome, visit.reason, visit.version_id) == ("blocked", "challenge", None)
    assert visit.snapshot_id is not None


def test_lost_claim_writes_nothing(database, record, list_of, spec_of, start):
    record(start, list_of("US"))
    with database.begin() as session:
        [mine] = claim_named(session, ["example"], start, HOUR)
    with database.begin() as session:
        [_theirs] = claim_named(session, ["example"], start + 2 * HOUR, HOUR)
        late = Visited(Outcome.CONFIRMED, start, start, "https://example.com/countries", "r1")
        assert record_visit(session, mine, late) is None
        record_unchanged(session, [(mine, late)])
    assert count(database, VisitRow) == 1


def test_unchanged_visits_are_written_together(database, record, list_of, start):
    versions = {slug: record(start, list_of("US"), slug=slug) for slug in ("a", "b", "c")}
    with database.begin() as session:
        claimed = claim_due(session, start + HOUR, 10, HOUR)
        later = start + HOUR
        record_unchanged(
            session,
            [
                (s, Visited(Outcome.CONFIRMED, later, later + HOUR, s.url, "r1", status=304, etag='"2"'))
                for s in claimed
            ],
        )
    with database.read() as session:
        visits = session.scalars(select(VisitRow).where(VisitRow.status == 304)).all()
        sources = session.scalars(select(SourceRow).order_by(SourceRow.slug)).all()
    assert sorted(visit.version_id for visit in visits) == sorted(versions.values())
    assert all((s.verified_at, s.etag, s.lease_until) == (start + HOUR, '"2"', None) for s in sources)


def test_changed_recipe_makes_a_technical_version_first(database, record, list_of, start):
    record(start, list_of("US"))
    reread = list_of("US", "HK")  # what the new recipe sees in the old bytes
    version = record(start + HOUR, list_of("US", "HK", "JP"), reread=reread)
    with database.read() as session:
        rows = session.scalars(select(VersionRow).order_by(VersionRow.id)).all()
    assert [row.technical for row in rows] == [False, True, False]
    assert rows[2].id == version
    assert rows[2].previous_id == rows[1].id
    assert rows[1].at == start


def test_changed_recipe_alone_brings_only_the_technical_version(database, record, list_of, start):
    record(start, list_of("US"))
    record(start + HOUR, list_of("US", "HK"), reread=list_of("US", "HK"))
    with database.read() as session:
        assert [row.technical for row in session.scalars(select(VersionRow).order_by(VersionRow.id))] == [False, True]


def test_bytes_seen_before_name_the_version_they_confirmed(database, record, list_of, start):
    import hashlib

    first = record(start, list_of("US"))
    record(start + HOUR, list_of("US", "HK"))
    sha256 = hashlib.sha256(list_of("US").fingerprint.encode()).hexdigest()
    with database.read() as session:
        assert confirmed_before(session, 1, sha256) == first
        assert confirmed_before(session, 1, "0" * 64) is None


class TestClaims:
    def test_only_one_process_gets_a_due_source(self, database, spec_of, start):
        with database.begin() as session:
            declare(session, [spec_of("a"), spec_of("b")], start)
        with database.begin() as session:
            assert [s.slug for s in claim_due(session, start, 1, HOUR)] == ["a"]
        with database.begin() as session:
            assert [s.slug for s in claim_due(session, start, 9, HOUR)] == ["b"]
        with database.begin() as session:
            assert claim_due(session, start + timedelta(minutes=59), 9, HOUR) == []
            assert len(claim_due(session, start + HOUR, 9, HOUR)) == 2

    def test_release_gives_a_source_back_as_due_as_before(self, database, spec_of, start):
        with database.begin() as session:
            declare(session, [spec_of("a")], start)
            release(session, claim_due(session, start, 9, HOUR))
            assert len(claim_due(session, start, 9, HOUR)) == 1

    def test_undeclared_sources_go_inactive_and_keep_their_history(self, database, record, list_of, spec_of, start):
        record(start, list_of("US"))
        with database.begin() as session:
            declare(session, [spec_of("other")], start)
            assert [s.slug for s in claim_due(session, start + 9 * HOUR, 9, HOUR)] == ["other"]
        assert count(database, VersionRow) == 1

    def test_new_address_drops_the_old_validators(self, database, record, list_of, spec_of, start):
        record(start, list_of("US"), etag='"1"')
        with database.begin() as session:
            declare(session, [spec_of("example", url="https://example.org/moved")], start)
            assert session.scalars(select(SourceRow.etag)).one() is None


class TestBlobs:
    def test_small_edits_of_a_page_cost_little(self, database):
        page = b"\n".join(b"line %d of a page that hardly changes" % n for n in range(4000))
        edited = page.replace(b"line 17 ", b"line XVII ")
        with database.begin() as session:
            first = blobs.keep(session, page)
            second = blobs.keep(session, edited, like=first)
            third = blobs.keep(session, edited + b"!", like=second)
            rows = {sha: session.get(blobs.BlobRow, sha) for sha in (first, second, third)}
            assert blobs.bytes_of(session, second) == edited
            assert blobs.bytes_of(session, third) == edited + b"!"
        assert rows[first].base is None
        assert rows[second].base == rows[third].base == first, "a difference leans on a full copy, never on another"
        assert len(rows[second].data) < len(rows[first].data) / 10

    @pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 9])
    def test_any_bytes_come_back(self, database, data):
        with database.begin() as session:
            base = blobs.keep(session, b"an earlier page")
            assert blobs.bytes_of(session, blobs.keep(session, data, like=base)) == data

    def test_damage_is_told_not_returned(self, database):
        with database.begin() as session:
            sha = blobs.keep(session, b"the page")
            session.get(blobs.BlobRow, sha).data = blobs.compress(b"another page")
            session.flush()
            with pytest.raises(blobs.DamagedBlob):
                blobs.bytes_of(session, sha)

    def test_unknown_hash_is_a_key_error(self, database):
        with database.begin() as session, pytest.raises(KeyError):
            blobs.bytes_of(session, "0" * 64)


def test_received_is_stored_with_address_and_headers(database, record, list_of, start):
    record(start, list_of("US"))
    with database.read() as session:
        snapshot = session.scalars(select(SnapshotRow)).one()
    assert (snapshot.url, snapshot.status, snapshot.fetched_at) == ("https://example.com/countries", 200, start)
