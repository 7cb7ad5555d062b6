"""What GDAL opens: layers by name, exact digits beside empty cells, days, text of any encoding."""

from __future__ import annotations

import datetime
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from planner.errors import SheetError
from planner.intake.sheets.formats.layers.gdal import layers_by_gdal
from tests.layouts.layers import points_of

EXACT = 340405199001011234


def test_digits_days_and_nothing(tmp_path: Path) -> None:
    """Eighteen digits beside an empty cell, days beside none."""
    frame = gpd.GeoDataFrame(
        {
            "编号": pd.array([EXACT, None, EXACT + 1], "Int64"),
            "日": pd.to_datetime(["2026-03-02 00:00", None, "2026-03-02 08:30"]),
            "f": [0.5, None, 2.0],
            "t": ["甲", None, ""],
        },
        geometry=points_of(3),
        crs=4326,
    )
    frame.to_file(tmp_path / "a.gpkg", engine="pyogrio")
    (layer,) = layers_by_gdal(Path(tmp_path / "a.gpkg"), None, None, None)
    assert layer.rows == [
        [EXACT, datetime.date(2026, 3, 2), 0.5, "甲"],
        [None, None, None, None],
        [EXACT + 1, datetime.datetime(2026, 3, 2, 8, 30), 2.0, ""],
    ]
    assert layer.crs.to_epsg() == 4326


def test_layers_that_were_not_asked_for_are_empty(tmp_path: Path) -> None:
    """They are listed all the same."""
    for name in ("甲", "乙"):
        gpd.GeoDataFrame({"a": [1]}, geometry=points_of(1), crs=4326).to_file(
            tmp_path / "a.gpkg", layer=name, engine="pyogrio"
        )
    layers = layers_by_gdal(Path(tmp_path / "a.gpkg"), None, "乙", None)
    assert [(v.name, len(v.rows)) for v in layers] == [("甲", 0), ("乙", 1)]


def with_bytes(path: Path, *texts: bytes) -> Path:
    """Write a GeoPackage whose texts are these bytes."""
    frame = pd.DataFrame({"t": ["x"] * len(texts)})
    pyogrio.write_dataframe(frame, path, layer="h", driver="GPKG")
    with closing(sqlite3.connect(path)) as book:
        for row, text in enumerate(texts, 1):
            book.execute("UPDATE h SET t = CAST(? AS TEXT) WHERE rowid = ?", (text, row))
        book.commit()
    return path


def test_text_of_another_encoding_is_found(tmp_path: Path) -> None:
    """A GeoPackage must be UTF-8, and some are not."""
    path = with_bytes(tmp_path / "a.gpkg", "东社区".encode("gb18030"), "西社区".encode("gb18030"))
    (layer,) = layers_by_gdal(Path(path), None, None, None)
    assert layer.rows == [["东社区"], ["西社区"]]
    assert [f.code for f in layer.findings] == ["encoding"]


def test_text_that_is_not_clear_is_refused(tmp_path: Path) -> None:
    """Rather than guessed at; whoever names the encoding is believed."""
    path = with_bytes(tmp_path / "a.gpkg", b"\xff\x81\xfe", b"\x81")
    with pytest.raises(SheetError, match="not clear in which encoding"):
        layers_by_gdal(Path(path), None, None, None)
