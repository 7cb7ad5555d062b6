"""What stays together, and what is cut."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.units import group_units


def people(n: int, **changes: object) -> pd.DataFrame:
    """Make n households of one building on floors 1.. of three homes each."""
    frame = pd.DataFrame(
        {
            "id": [f"H{i:04d}" for i in range(n)],
            "lon": 117.0,
            "lat": 32.6,
            "fence": "A",
            "place": "",
            "building": "3",
            "stairwell": "",
            "floor": [str(i // 3 + 1) for i in range(n)],
            "label": "3号楼",
            "building_label": "3号楼",
            "load": 1.0,
            "home": 1,
            "member": 0,
            "centre": False,
        }
    )
    return frame.assign(**changes)


def test_one_building_is_one_unit() -> None:
    """The homes of a building stay together."""
    unit, units, said = group_units(people(12), 250)
    assert set(unit) == {0}
    assert units["households"].tolist() == [12]
    assert not said


def test_stairwells_are_units_of_their_own() -> None:
    """Where stairwells are known, each is a unit."""
    _, units, _ = group_units(people(12, stairwell=["1", "2"] * 6), 250)
    assert units["households"].tolist() == [6, 6]


def test_the_same_name_elsewhere_is_another_building() -> None:
    """Two buildings called 3栋 in two compounds are two units; 20 m of jitter is not."""
    far = people(4, lon=[117.0, 117.0, 117.01, 117.01])
    assert len(group_units(far, 250)[1]) == 2
    near = people(4, lon=[117.0, 117.0, 117.0002, 117.0002])
    assert len(group_units(near, 250)[1]) == 1


def test_a_unit_larger_than_a_zone_is_cut_by_floors_and_said() -> None:
    """600 homes where a zone holds 250: three runs of whole floors, and a finding."""
    crowd = people(600)
    unit, units, said = group_units(crowd, 250)
    assert len(units) == 3
    assert units["households"].max() <= 250
    assert crowd.groupby("floor")["floor"].count().max() == 3
    assert pd.Series(unit).groupby(crowd["floor"]).nunique().max() == 1
    assert [f.code for f in said] == ["unit-cut"]


def test_two_centres_of_one_building_get_a_unit_each() -> None:
    """No unit is the home of two centres."""
    crowd = people(12, centre=[True] * 2 + [False] * 10)
    unit, units, said = group_units(crowd, 250)
    assert len(units) == 2
    assert unit[0] != unit[1]
    assert said[0].code == "unit-cut"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(1, 9)), min_size=1, max_size=40
    ),
    st.integers(2, 12),
    st.randoms(use_true_random=False),
)
def test_nothing_is_lost_and_row_order_does_not_matter(
    rows: list[tuple[int, int, int]], most: int, random: object
) -> None:
    """Each person has a unit, no unit holds more than allowed, and shuffled rows give the same units."""
    frame = people(len(rows)).assign(
        lon=[117 + 0.001 * spot for spot, _, _ in rows],
        stairwell=[f"{s}单元" if s else "" for _, s, _ in rows],
        floor=[str(f) for _, _, f in rows],
    )
    unit, units, _ = group_units(frame, most)
    assert units["households"].sum() == len(rows)
    assert units["households"].max() <= most
    assert (unit >= 0).all()
    assert np.bincount(unit, minlength=len(units)).tolist() == units["households"].tolist()
    order = np.random.default_rng(len(rows)).permutation(len(rows))
    again, units_again, _ = group_units(frame.iloc[order].reset_index(drop=True), most)
    pd.testing.assert_frame_equal(units, units_again)
    assert (again == unit[order]).all()
