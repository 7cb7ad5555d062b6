"""What stays together, and what is cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.demand.units import floor_number, group_units


def people(n: int, **changes: Any) -> pd.DataFrame:
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
            "written": "",
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
    _, units, said = group_units(far, 250)
    assert len(units) == 2
    assert not said
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


@settings(max_examples=25, deadline=None)
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


KEY = ["unit_id", "fence", "households", "members", "load", "lon", "lat"]


def mixed() -> pd.DataFrame:
    """Homes by columns that name no estate, and members by whole addresses."""
    homes = people(
        8, building=["3"] * 4 + ["4"] * 4, stairwell=["1", "1", "2", "2"] * 2,
        lon=[117.0] * 4 + [117.0004] * 4,
    )  # fmt: skip
    members = people(
        3, id=["M0", "M1", "M2"], home=0, member=1, load=0.0, place="甲苑", written="甲苑小区",
        building=["3", "3", "4"], stairwell=["2", "", "9"], lon=[117.0, 117.0, 117.0004],
    )  # fmt: skip
    return pd.concat([homes, members], ignore_index=True)


def test_a_member_lives_with_the_homes_of_the_same_door() -> None:
    """A column that names no estate and a line that does are one building; labels say all that is known."""
    frame = mixed()
    unit, units, _ = group_units(frame, 250)
    assert len(units) == 5, (
        "two stairwells each, and the ninth of building 4, where no home is listed"
    )
    assert unit[8] == unit[2]
    assert units["label"].iloc[unit[8]] == "甲苑小区3号楼2单元"
    assert set(units["place"]) == {"甲苑"}
    assert set(units["building"]) == {"甲苑小区3号楼", "甲苑小区4号楼"}


def test_a_member_without_a_stairwell_joins_the_fullest() -> None:
    """Nobody who serves is a unit of their own beside the homes of the building."""
    frame = mixed()
    frame.loc[3, "stairwell"] = "1"
    unit, units, _ = group_units(frame, 250)
    assert unit[9] == unit[0]
    assert units["households"].iloc[unit[9]] == 3


def test_homes_that_tell_no_stairwell_are_one_unit_with_their_member() -> None:
    """Where the sheet of homes knows buildings only, a member's stairwell does not part them."""
    frame = mixed()
    frame.loc[frame["home"] == 1, "stairwell"] = ""
    unit, units, _ = group_units(frame, 250)
    assert len(units) == 2
    assert unit[8] == unit[9] == unit[0]
    assert unit[10] == unit[4]


def test_two_estates_side_by_side_stay_two() -> None:
    """Buildings of one number in two named estates are never one; the nameless between them is neither's."""
    frame = people(3, place=["甲苑", "乙苑", ""], building="3", lon=[117.0, 117.0002, 117.0001])
    unit, _, _ = group_units(frame, 250)
    assert len(set(unit)) == 3
    near = frame.assign(lon=[117.0, 117.0002, 117.00002])
    unit, _, _ = group_units(near, 250)
    assert unit[2] == unit[0] != unit[1]


def test_a_street_number_and_an_estate_are_one_door_at_one_spot() -> None:
    """Some write 新村路12号3号楼, some 甲苑3号楼: within 30 m it is one building."""
    frame = people(2, place=["新村路#12", "甲苑"], building="3", stairwell="1")
    assert len(set(group_units(frame, 250)[0])) == 1
    far = frame.assign(lon=[117.0, 117.001])
    assert len(set(group_units(far, 250)[0])) == 2


def test_coordinates_alone_find_the_building_on_that_point() -> None:
    """A home without a word of address on the very point of a building belongs to it."""
    frame = people(3, place=["甲苑", "", ""], building=["3", "", ""], lon=[117.0, 117.0, 117.0001])
    unit, _, _ = group_units(frame, 250)
    assert unit[0] == unit[1] != unit[2]


def test_a_building_on_two_points_is_told() -> None:
    """120 m of scatter is one door; 400 m are two, and a finding that names the building."""
    near = people(2, place="甲苑", lon=[117.0, 117.0012])
    unit, _, said = group_units(near, 250)
    assert len(set(unit)) == 1
    assert not said
    unit, _, said = group_units(near.assign(lon=[117.0, 117.004]), 250)
    assert len(set(unit)) == 2
    assert [f.code for f in said] == ["building-two-points"]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(["甲苑", "甲苑小区", "甲苑住宅小区", ""]), min_size=11, max_size=11)
)
def test_wording_names_nothing(words: list[str]) -> None:
    """A place may be written in any way: units, their order and their members are the same."""
    frame = mixed()
    unit, units, _ = group_units(frame.assign(written=words), 250)
    own, as_before, _ = group_units(frame, 250)
    assert (unit == own).all()
    pd.testing.assert_frame_equal(units[KEY], as_before[KEY])


def test_an_estate_by_its_name_alone_is_no_door() -> None:
    """Homes that name an estate or a village and no building are told apart by their place."""
    frame = people(3, place="甲苑", building="", lon=[117.0, 117.0, 117.0002])
    unit, units, said = group_units(frame, 250)
    assert unit[0] == unit[1] != unit[2]
    assert units["households"].tolist() == [2, 1]
    assert not said


def test_a_street_number_is_a_plot() -> None:
    """Homes of one number within 30 m are one unit, in a chain too; beyond they are not."""
    frame = people(4, place="新村路#12", building="", lon=[117.0, 117.0002, 117.0004, 117.001])
    unit, _, _ = group_units(frame, 250)
    assert unit[0] == unit[1] == unit[2] != unit[3]


def test_where_a_door_is_cut() -> None:
    """Runs are as even as whole floors allow; a floor that is half in goes with the lower ones."""
    _, units, _ = group_units(people(9), 6)
    assert units["households"].tolist() == [6, 3]
    _, units, _ = group_units(people(12), 6)
    assert units["households"].tolist() == [6, 6]
    unit, units, _ = group_units(people(8, floor="1"), 3)
    assert sorted(units["households"]) == [2, 3, 3]
    assert [int((unit == u).sum()) for u in range(3)] == units["households"].tolist()


def test_exactly_as_many_as_a_zone_holds_stay_whole() -> None:
    """One more is cut; without a ceiling nothing is."""
    assert len(group_units(people(9), 9)[1]) == 1
    assert len(group_units(people(10), 9)[1]) == 2
    assert len(group_units(people(600), None)[1]) == 1


def test_no_more_than_so_many_buildings_are_told_of() -> None:
    """Of 21 that stand on two points each the first 20."""
    n = 21
    names = [str(k) for k in range(n) for _ in (0, 1)]
    lon = [117.0 + 0.01 * k + 0.004 * side for k in range(n) for side in (0, 1)]
    crowd = people(2 * n, building=names, place="甲园", lon=lon, floor="1")
    _, units, said = group_units(crowd, 250)
    assert len(units) == 2 * n
    assert [f.code for f in said].count("building-two-points") == 20


def test_middles_are_lower_medians() -> None:
    """A unit stands where one of its homes stands, whatever a single one that is off."""
    at = [117.0, 117.00001, 117.0002, 117.00003]
    _, units, _ = group_units(people(4, lon=at, floor="1"), 250)
    assert units["lon"].tolist() == [117.00001]


def test_a_floor_that_no_zone_holds_is_cut_by_itself() -> None:
    """Its runs come after those of the floors below, and no home of another floor is among them."""
    floors = ["1"] * 3 + ["2"] * 8 + ["3"] * 2
    unit, units, _ = group_units(people(13, floor=floors), 3)
    assert units["households"].max() <= 3
    assert pd.Series(floors).groupby(unit).nunique().max() == 1
    assert unit[0] < unit[3:11].min()
    assert unit[3:11].max() < unit[11]


def test_why_a_door_was_cut_is_told() -> None:
    """Two centres in it, or more homes than a zone may hold."""
    _, _, (two,) = group_units(people(6, centre=[True, True, *[False] * 4], member=1), 250)
    assert "2 centres live in it" in two.what
    _, _, (full,) = group_units(people(6), 4)
    assert "its 6 households are more" in full.what


def test_heights_of_floors() -> None:
    """The first number that is there, below ground too; nought where there is none."""
    assert [floor_number(text) for text in ("3", "-1", "5层/2", "地下", "")] == [3, -1, 5, 0, 0]


def test_units_are_numbered_from_one() -> None:
    """The id stands first in the table; five digits keep the order of texts that of numbers."""
    _, units, _ = group_units(people(4, building=["1", "2", "3", "4"]), 250)
    assert units.columns[0] == "unit_id"
    assert units["unit_id"].tolist() == ["U00001", "U00002", "U00003", "U00004"]


def test_a_place_is_called_what_most_of_its_people_call_it() -> None:
    """Not what a few of them do; of two names that are as frequent the first by its letters."""
    names = ["甲苑大院", "甲苑小区", "甲苑小区"]
    frame = people(3, place="甲苑", written=names)
    assert group_units(frame, 250)[1]["building"].tolist() == ["甲苑小区3号楼"]
    even = people(4, place="甲苑", written=[*names, "甲苑大院"])
    assert group_units(even, 250)[1]["building"].tolist() == ["甲苑大院3号楼"]


def test_a_street_number_is_an_address() -> None:
    """A home that has one does not join the building on whose point it stands; a blank one does."""
    frame = people(3, place=["甲苑", "新村路#12", ""], building=["3", "", ""])
    unit, _, _ = group_units(frame, 250)
    assert unit[0] == unit[2] != unit[1]


def test_how_many_live_there_settles_nothing() -> None:
    """A home halfway between two estates is of neither, whichever has more homes."""
    for places in (["甲苑"] * 5 + ["乙苑"], ["甲苑"] + ["乙苑"] * 5):
        lon = [117.0 if p == "甲苑" else 117.0002 for p in places]
        frame = people(7, place=[*places, ""], lon=[*lon, 117.0001])
        unit, units, _ = group_units(frame, 250)
        assert len(units) == 3
        assert (unit[:6] != unit[6]).all()


def test_apart_to_the_north_is_apart() -> None:
    """Fifty metres are too far for one number, in whatever direction."""
    north = people(4, lat=[32.6, 32.6, 32.60045, 32.60045])
    assert len(group_units(north, 250)[1]) == 2
    near = north.assign(lat=[32.6, 32.6, 32.6002, 32.6002])
    assert len(group_units(near, 250)[1]) == 1


def test_runs_are_even_but_never_above_what_a_zone_holds() -> None:
    """A floor goes where its middle lies, unless the run would be too large."""

    def sizes(floors: list[int], most: float, centres: int) -> list[int]:
        text = [str(k + 1) for k, n in enumerate(floors) for _ in range(n)]
        ends = [i < centres - 1 or i == len(text) - 1 for i in range(len(text))]
        crowd = people(len(text), floor=text, centre=ends if centres else False)
        return group_units(crowd, most)[1]["households"].tolist()

    assert sizes([6, 5, 7], 10, 0) == [6, 5, 7]
    assert sizes([3, 3, 3, 3], 250, 2) == [6, 6]
    assert sizes([3, 4, 2], 250, 2) == [3, 6]
    assert sizes([4, 3, 2], 250, 2) == [4, 5]


def test_a_centre_alone_in_a_cut_door_stays_on_its_floor() -> None:
    """Only several of one door are put apart."""
    unit, units, _ = group_units(people(12, centre=[False] * 11 + [True]), 6)
    assert units["households"].tolist() == [6, 6]
    assert unit[0] != unit[10] == unit[11]


def test_runs_of_a_door_come_in_the_order_of_their_homes() -> None:
    """What a member there is called does not number the units."""
    member = people(1, id=["A0"], home=0, member=1, load=0.0, floor="4")
    _, units, _ = group_units(pd.concat([people(12), member], ignore_index=True), 6)
    assert units["members"].tolist() == [0, 1]


def test_units_come_in_the_order_of_numbers() -> None:
    """Building 2 before building 10, as people count."""
    _, units, _ = group_units(people(3, building=["10", "2", "9"], place="甲苑"), 250)
    assert units["building"].tolist() == ["2号楼", "9号楼", "10号楼"]


def test_a_member_whose_stairwell_is_lived_in_stays_there() -> None:
    """Even where some homes of the building do not tell theirs."""
    frame = mixed()
    frame.loc[:3, "stairwell"] = ["1", "1", "", ""]
    frame.loc[8, "stairwell"] = "1"
    unit, _, _ = group_units(frame, 250)
    assert unit[8] == unit[0] != unit[2]


def test_the_estate_next_door_lends_no_name_to_another_number() -> None:
    """A building without an estate takes that of its own number alone."""
    frame = people(2, place=["甲苑", ""], building=["3", "4"], lon=[117.0, 117.0002])
    _, units, _ = group_units(frame, 250)
    assert dict(zip(units["building"], units["place"], strict=True)) == {
        "3号楼": "甲苑",
        "4号楼": "",
    }


def test_stairwells_of_one_building_carry_its_key() -> None:
    """Whatever the wording and the point of each stairwell; another fence or estate is another building."""
    frame = pd.concat(
        [
            people(4, stairwell=["1", "2", "3", ""], place="甲苑", written="甲苑小区",
                   lon=[117.0, 117.0005, 117.001, 117.0]),
            people(2, id=["X0", "X1"], place=["乙苑", "甲苑"], fence=["A", "B"]),
            people(2, id=["Y0", "Y1"], building="", place="甲苑", lon=[117.0, 117.002]),
        ],
        ignore_index=True,
    )  # fmt: skip
    unit, units, _ = group_units(frame, 250)
    key = units["building_id"].to_numpy()[unit]
    assert len(units) == 8
    assert len(set(key[:4])) == 1
    assert len({key[0], *key[4:]}) == 5, "an estate by its name alone is a place for each point"
    assert units["building_id"].drop_duplicates().tolist() == [f"B{i:05d}" for i in range(1, 6)]


def test_floors_of_one_stairwell_are_one_building() -> None:
    """A unit that was cut because no zone could hold it is still the building that it was."""
    _, units, _ = group_units(people(600), 250)
    assert len(units) == 3
    assert set(units["building_id"]) == {"B00001"}


def test_cuts_are_told_in_order() -> None:
    """By their words, whatever the order of the sheet."""
    _, _, said = group_units(people(24, building=["9"] * 12 + ["2"] * 12), 6)
    assert [f.what for f in said] == sorted(f.what for f in said)
    assert len(said) == 2
