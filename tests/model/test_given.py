"""Frames in place of files: named, numbered, digested and never changed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.errors import InputError
from planner.model.given import Given, digest_of, one_source, sources_of

HOMES = pd.DataFrame({"编号": ["a", "b", None], "栋": [1, 2, 3]}, index=[4, 9, 7])


def test_rows_are_told_by_their_labels() -> None:
    """Whole numbers that stand once are labels; whatever else is counted from 0, and the name says so."""
    assert Given(HOMES, "households").name == "households"
    assert Given(HOMES, "households").rows.tolist() == [4, 9, 7]
    for index in (["张三", "李四", "王五"], [1, 1, 2], [-1, 0, 1], [0.5, 1.5, 2.5]):
        given = Given(HOMES.set_axis(index), "households")
        assert given.name == given.stem == "households.iloc"
        assert given.rows.tolist() == [0, 1, 2]


def test_a_table_as_a_reader_gives_it() -> None:
    """Headers are text, nothing is None, and a named index is a column like the others."""
    headers, rows = Given(HOMES).table
    assert headers == ["编号", "栋"]
    assert rows == [["a", 1], ["b", 2], [None, 3]]
    indexed = Given(HOMES.dropna().set_index("编号"))
    assert indexed.table == (["编号", "栋"], [["a", 1], ["b", 2]])
    levels = pd.DataFrame(
        [[1, 2]], columns=pd.MultiIndex.from_tuples([("位置", "经度"), ("编号", "")])
    )
    assert Given(levels).table[0] == ["位置/经度", "编号"]


def test_geometry_is_no_column_of_text() -> None:
    """Shapes and CRS are apart; a series of shapes is a layer, one of values has its labels as ids."""
    layer = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.Point(1, 2)], crs=3857)
    given = Given(layer)
    assert given.table == (["name"], [["x"]])
    assert given.crs.to_epsg() == 3857
    assert shapely.equals(given.shapes, [shapely.Point(1, 2)]).all()
    assert one_source(layer.geometry, "fences").shapes is not None  # type: ignore[union-attr]
    assert Given(HOMES).shapes is None
    assert Given(HOMES).crs is None
    before = pd.Series({"H1": "M1"})
    assert Given.of(before, "previous").table == (["id", "centre"], [["H1", "M1"]])


def test_what_is_read_stays_as_it_is() -> None:
    """Nothing of a frame is changed by being read."""
    frame = HOMES.copy()
    assert Given(frame).table
    pd.testing.assert_frame_equal(frame, HOMES)


def test_digests_tell_frames_apart(tmp_path: Path) -> None:
    """By what stands in them, and by their shapes; a file by its bytes."""
    digest = digest_of(Given(HOMES))
    assert digest == digest_of(Given(HOMES.copy(), "other"))
    assert digest != digest_of(Given(HOMES.assign(栋=[1, 2, 4])))
    layers = [gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(x, 0)]) for x in (0, 1)]
    assert len({digest_of(Given(layer)) for layer in layers}) == 2
    file = tmp_path / "a.csv"
    file.write_bytes(b"abc")
    assert digest_of(file).startswith("ba7816bf")


def test_one_or_several_sources() -> None:
    """A path, a frame, or a list; frames of a list are told apart, one alone needs no number."""
    assert sources_of("a.xlsx", "households") == (Path("a.xlsx"),)
    mixed = sources_of([Path("a.csv"), HOMES], "households")
    assert [source.name for source in mixed] == ["a.csv", "households 2"]
    assert [source.name for source in sources_of([HOMES], "members")] == ["members"]
    given = Given(HOMES, "own")
    assert sources_of(given, "households") == (given,)
    assert "3 rows" in repr(given)


@pytest.mark.parametrize("value", [None, 7, b"bytes", {"id": [1]}, [[1]], [None], np.zeros(3)])
def test_what_is_no_table_is_refused(value: object) -> None:
    """The message names what it was handed in as, and its kind."""
    with pytest.raises(InputError, match="households") as raised:
        sources_of(value, "households")
    assert raised.value.zh.startswith("households")


def test_an_empty_list_is_no_table() -> None:
    """Nor is nothing; and several are not one."""
    with pytest.raises(InputError, match="empty"):
        sources_of([], "members")
    with pytest.raises(InputError, match="list"):
        one_source(["a", "b"], "fences")
