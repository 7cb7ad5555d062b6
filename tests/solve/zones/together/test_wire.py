"""What goes through a pipe comes out as it went in, and what is cut off is not taken for whole."""

from __future__ import annotations

import io
from dataclasses import fields

import numpy as np
import pytest

from planner.solve.stop import Clock
from planner.solve.zones.instance import Instance
from planner.solve.zones.start import nearest_plan
from planner.solve.zones.together.wire import hear, instance_of, put_in, say, state_of, told_of
from planner.solve.zones.track import Track
from tests.solve.towns import only_part, street


@pytest.fixture(scope="module")
def instance() -> Instance:
    """A street with hard rules, whose prices are infinite."""
    return only_part(street(hard=True))


def test_a_part_comes_out_as_it_went_in(instance: Instance) -> None:
    """Every array with its kind, every limit, infinite ones too."""
    pipe = io.BytesIO()
    say(pipe, told_of(instance))
    pipe.seek(0)
    heard = hear(pipe)
    assert heard is not None
    again = instance_of(heard)
    for field in fields(Instance):
        before, after = getattr(instance, field.name), getattr(again, field.name)
        if field.name == "rows":
            before, after = ([getattr(r, f.name) for f in fields(r)] for r in (before, after))
        pairs = zip(before, after, strict=True) if field.name != "unit_ids" else [(before, after)]
        for one, two in pairs:
            assert np.asarray(one).dtype == np.asarray(two).dtype, field.name
            np.testing.assert_array_equal(one, two)


def test_what_is_known_comes_out_too(instance: Instance) -> None:
    """Plan, bound and prizes; a plan that stands is still the one that stands."""
    pair = nearest_plan(instance)
    known = Track(instance, pair, 0.01, Clock(9.0), given=True)
    known.turn("annealing")
    known.bound(12.5, np.arange(instance.n_units) / 3.0)
    pipe = io.BytesIO()
    say(pipe, state_of(known))
    pipe.seek(0)
    other = Track(instance, np.where(pair >= 0, instance.home_pair[0], -1), 0.01, Clock(9.0))
    put_in(other, hear(pipe) or {})
    np.testing.assert_equal(state_of(other), state_of(known))


def test_what_is_cut_off_is_nothing(instance: Instance) -> None:
    """At any byte: whoever wrote it is gone."""
    pipe = io.BytesIO()
    say(pipe, {"seed": 3, "pair": np.arange(40)})
    whole = pipe.getvalue()
    assert (hear(io.BytesIO(whole)) or {})["seed"] == 3
    assert all(hear(io.BytesIO(whole[:n])) is None for n in range(len(whole)))
