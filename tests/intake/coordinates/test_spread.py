"""Distances as a whole tell a reading where nearness misleads: streets of one's own, homes beside them."""

from __future__ import annotations

import numpy as np
import pytest

from planner.intake.coordinates.datum import Datum, convert
from planner.intake.coordinates.detect import detect_datum
from planner.intake.coordinates.spread import told_by_spread
from tests.benchmarks.datum_rates import own_layer

SHEETS = (0, 1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("seed", SHEETS)
def test_homes_set_back_from_streets_of_ones_own(seed: int) -> None:
    """In the right datum nothing is said; in another, that one, though its homes stand on no street."""
    ground, good = own_layer(np.random.default_rng([7, seed]))
    seen = detect_datum(*good.T, ground.distance_m)
    assert (seen.contradicts, seen.mixed) == (False, False)
    for datum in (Datum.GCJ02, Datum.BD09):
        bad = convert(*good.T, Datum.WGS84, datum)
        seen = detect_datum(*bad.T, ground.distance_m)
        assert (seen.best, seen.contradicts, seen.mixed) == (datum, True, False)
        told = detect_datum(*bad.T, ground.distance_m, declared=datum)
        assert (told.contradicts, told.mixed) == (False, False)


def test_what_nothing_tells_apart_is_left_open() -> None:
    """Homes without any order, and too few of them, speak for no reading."""
    ground, good = own_layer(np.random.default_rng(1))
    rng = np.random.default_rng(2)
    low, high = good.min(axis=0), good.max(axis=0)
    scattered = rng.uniform(low + 0.3 * (high - low), high - 0.3 * (high - low), (200, 2))
    assert told_by_spread(scattered, Datum.WGS84, tuple(Datum), ground.distance_m) is None
    few = told_by_spread(good[:20], Datum.WGS84, tuple(Datum), ground.distance_m)
    assert few is None


def test_rows_of_a_regular_quarter_are_no_other_datum() -> None:
    """A shift by whole blocks puts rows of homes onto the next street: they stand like their neighbours."""
    for seed in (6, 50, 57, 115):
        ground, good = own_layer(np.random.default_rng([0, seed]))
        seen = detect_datum(*good.T, ground.distance_m)
        assert not seen.mixed


def test_homes_outside_the_town_are_not_pulled_in() -> None:
    """Chance is not to be beaten by lying far off: a sheet beside the streets stays as declared."""
    ground, good = own_layer(np.random.default_rng(4))
    away = good + np.array([0.05, 0.05])
    assert told_by_spread(away, Datum.WGS84, tuple(Datum), ground.distance_m) is None


def test_two_witnesses_that_contradict_each_other_are_none() -> None:
    """On regular streets a shifted sheet may stand near some: what its distances say keeps it from belief."""
    ground, good = own_layer(np.random.default_rng([12, 58]))
    bad = convert(*good.T, "wgs84", "gcj02")
    seen = detect_datum(*bad.T, ground.distance_m)
    assert not seen.sure
    assert detect_datum(*good.T, ground.distance_m).sure
