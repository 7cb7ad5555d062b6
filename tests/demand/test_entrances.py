"""One door, one key: columns, one line, the place that was found."""

from __future__ import annotations

import pandas as pd
import pytest

from planner.demand.entrances import DOOR_COLUMNS, same_spot, with_doors

KEY = ["place", "building", "stairwell"]


def frame(*rows: dict[str, str]) -> pd.DataFrame:
    """Make rows as the lookup leaves them."""
    blank = dict.fromkeys(("address", "building", "stairwell", "floor", "matched", "precision"), "")
    made = [
        {**blank, "file": "a.csv", "sheet": "", "row": i + 2, **row} for i, row in enumerate(rows)
    ]
    return pd.DataFrame(made)


@pytest.mark.parametrize(
    "row",
    [
        {"address": "甲苑3号楼1单元502"},
        {"address": "甲苑小区3栋一单元5层502室"},
        {"address": "甲苑3号楼", "stairwell": "1", "floor": "5"},
        {"address": "甲苑3号楼", "building": "3", "stairwell": "1单元", "floor": "五层"},
        {"address": "甲苑", "building": "３＃", "stairwell": "一单元", "floor": "5"},
        {
            "building": "3栋",
            "stairwell": "1",
            "floor": "5",
            "matched": "甲苑3号楼",
            "precision": "building",
        },
    ],
)
def test_wordings_of_one_door_have_one_key(row: dict[str, str]) -> None:
    """Column, line or lookup: the same estate, building, stairwell and floor, and one label."""
    made, said = with_doors(frame(row))
    assert made[KEY].iloc[0].tolist() == ["甲苑", "3", "1"]
    assert made["floor"].iloc[0] == "5"
    assert made["label"].iloc[0].endswith("3号楼1单元")
    assert said == []


def test_what_was_found_counts_more_than_the_wording() -> None:
    """Two wordings that end at one record of the table are one door; a coarse match counts nothing."""
    made, _ = with_doors(
        frame(
            {"address": "新村路5号3号楼1单元", "matched": "甲苑3号楼", "precision": "building"},
            {"address": "甲苑3号楼1单元", "matched": "甲苑", "precision": "compound"},
        )
    )
    assert made[KEY].nunique().tolist() == [1, 1, 1]


def test_western_doors() -> None:
    """Street and number are the place, a letter behind them the stairwell."""
    made, _ = with_doors(frame({"address": "Main Street 12 B 4"}, {"address": "main street 12 b"}))
    assert made[KEY].iloc[0].tolist() == made[KEY].iloc[1].tolist()
    assert made["building"].iloc[0] == ""


def test_nothing_known_is_no_door() -> None:
    """Coordinates alone give empty texts, never NaN."""
    made, said = with_doors(frame({}))
    assert made[[*DOOR_COLUMNS, "label"]].iloc[0].tolist() == [""] * 6
    assert said == []


def test_columns_that_contradict_the_address_are_told() -> None:
    """Each of the first rows by itself, the rest by number; the column is believed."""
    rows = [{"address": "甲苑5号楼1单元", "building": "3号楼"}] * 23
    made, said = with_doors(frame(*rows))
    assert set(made["building"]) == {"3"}
    assert [f.code for f in said] == ["door-conflict"] * 21
    assert said[0].row == 2
    assert said[-1].what.startswith("3 more rows")


def test_buildings_on_one_point_are_told() -> None:
    """Two named buildings to the decimetre on one point: once, by label; stairwells of one are fine."""
    people = pd.DataFrame(
        {
            "lon": [117.0, 117.0, 117.0, 117.1],
            "lat": [32.6] * 4,
            "place": ["甲苑"] * 4,
            "building": ["3", "3", "4", "5"],
            "building_label": ["甲苑3号楼", "甲苑3号楼", "甲苑4号楼", "甲苑5号楼"],
        }
    )
    (said,) = same_spot(people)
    assert "2 buildings stand on one point: 甲苑3号楼, 甲苑4号楼" in said.what
    assert same_spot(people.iloc[[0, 1, 3]]) == []
    assert same_spot(people.iloc[:0]) == []
