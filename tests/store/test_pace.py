"""Rates from yes and no, and one budget of visits shared by need: never more visits, never beyond the bounds."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.history import PROMISE
from store.pace import LONGEST, UNKNOWN, Looks, Prior, hastened, intervals, later, pooled, rate_of, spent_early, wish

positive = st.floats(0.001, 1000)
wishes = st.lists(st.builds(wish, positive, st.floats(0.02, 30)), min_size=1, max_size=30)


@given(wishes)
def test_the_budget_is_kept_and_no_interval_leaves_its_bounds(asked):
    given_out = intervals(asked)
    for one, days in zip(asked, given_out, strict=True):
        assert one.shortest * 0.999 <= days <= one.longest * 1.001
        assert days < PROMISE * one.every
    assert sum(1 / days for days in given_out) == pytest.approx(sum(1 / one.every for one in asked), rel=1e-6)


@given(st.lists(st.floats(0.02, 30), min_size=1, max_size=20))
def test_without_other_knowledge_everything_is_visited_as_declared(every):
    assert intervals([wish(1.0, days) for days in every]) == pytest.approx(every)


def test_four_times_the_need_is_visited_twice_as_often():
    busy, quiet, other = intervals([wish(4, 1), wish(1, 1), wish(1, 1)])
    assert quiet / busy == pytest.approx(2)
    assert quiet == pytest.approx(other)


def test_what_hints_cost_is_taken_from_the_other_visits():
    asked = [wish(1, 1)] * 4
    assert sum(1 / days for days in intervals(asked, spent=0.5)) == pytest.approx(3.5)
    assert sum(1 / days for days in intervals(asked, spent=99)) == pytest.approx(3)


def test_a_declared_longest_is_heeded_up_to_the_promise():
    assert wish(1, 1, longest=1.5).longest == 1.5
    assert wish(1, 1, longest=9).longest == LONGEST
    assert wish(1, 1, shortest=0.01).shortest == 0.01


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_the_rate_is_found_from_looks_that_only_say_yes_or_no(rate):
    chance = random.Random(7)
    looks, prior = Looks(), Prior(*UNKNOWN)
    for _ in range(4000):
        gap = chance.choice([0.3, 1.0, 1.7])
        changed = chance.random() < 1 - math.exp(-rate * gap)
        looks = later(looks, gap, changed, rate_of(looks, prior), half_life=2000)
    assert rate_of(looks, prior) == pytest.approx(rate, rel=0.12)


def test_old_looks_count_less():
    busy = later(Looks(10, 10), 60, False, 1.0, half_life=60)
    assert busy.changes == pytest.approx(5)


def test_a_new_source_is_believed_to_be_like_the_others_of_its_kind():
    prior = pooled([Looks(20, 100), Looks(0, 100), Looks(10, 100), Looks(2, 100)])
    assert rate_of(Looks(), prior) == pytest.approx(32.5 / 415)
    assert rate_of(Looks(20, 100), prior) > 2 * rate_of(Looks(), prior)


def test_a_visit_that_was_nearly_due_costs_little():
    assert spent_early([hastened(Looks(0, 10), 0.1, 1.0)]) == pytest.approx(0.01)
    assert spent_early([hastened(Looks(0, 10), 5.0, 1.0)]) == pytest.approx(0.1)
