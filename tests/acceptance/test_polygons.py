"""Catalogue, entries 66 to 72: what offices hand in as fences."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from planner.errors import PlannerError, Severity
from planner.intake.fences.read import survey_fences
from planner.render.text.check_words import refusals_of

LON, LAT = 116.80, 32.60
SIDE = 0.01
"""Degrees: a square of some 940 by 1,110 m."""


def box(x: float = 0, y: float = 0, w: float = 1, h: float = 1) -> Polygon:
    """Give a rectangle on a grid of kilometre squares in a made-up town."""
    return shapely.box(LON + x * SIDE, LAT + y * SIDE, LON + (x + w) * SIDE, LAT + (y + h) * SIDE)


def ring(*at: tuple[float, float]) -> list[tuple[float, float]]:
    """Give vertices on the same grid."""
    return [(LON + x * SIDE, LAT + y * SIDE) for x, y in at]


@dataclass(frozen=True)
class Entry:
    """A fence file and what must be said of it: class and code, words of it, fences and their area."""

    name: str
    make: Callable[[Path], Path]
    klass: str
    code: str = ""
    words: tuple[str, ...] = ()
    fences: int | None = None
    squares: float | None = None


def layer(shapes: Sequence[Any], *, crs: str | None = "EPSG:4326", names: Sequence[str] | None = None,
          to: str | None = None, ending: str = "gpkg") -> Callable[[Path], Path]:  # fmt: skip
    """Give a writer of a layer of these shapes."""

    def make(folder: Path) -> Path:
        own = list(names) if names is not None else [f"社区{i + 1}" for i in range(len(shapes))]
        frame = gpd.GeoDataFrame({"社区": own}, geometry=list(shapes), crs="EPSG:4326")
        if to is not None:
            frame = frame.to_crs(to)
        if crs != "EPSG:4326":
            frame = frame.set_crs(crs, allow_override=True)
        path = folder / f"fences.{ending}"
        frame.to_file(path, engine="pyogrio")
        return path

    return make


def geojson(*rings: list[tuple[float, float]]) -> Callable[[Path], Path]:
    """Give a writer of one polygon as raw GeoJSON, so that its rings stay as they are."""

    def make(folder: Path) -> Path:
        feature = {"type": "Feature", "properties": {"社区": "甲社区"},
                   "geometry": {"type": "Polygon", "coordinates": list(rings)}}  # fmt: skip
        path = folder / "fences.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
        return path

    return make


def bare(folder: Path) -> Path:
    """Write a layer of attributes only."""
    import pandas as pd
    import pyogrio

    pyogrio.write_dataframe(pd.DataFrame({"社区": ["a"]}), folder / "fences.gpkg", driver="GPKG")
    return folder / "fences.gpkg"


def raw(data: bytes, name: str = "fences.geojson") -> Callable[[Path], Path]:
    """Give a writer of bytes."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


BOW = Polygon(ring((0, 0), (1, 1), (1, 0), (0, 1)))
SLIP = Polygon(ring((0, 0), (1, 0), (1, 1), (0.5, 1), (0.51, 1.01), (0.51, 1), (0.5, 1.01), (0, 1)))
HOLE = [*ring((5, 5), (5.2, 5), (5.2, 5.2), (5, 5.2), (5, 5))]
SQUARE = ring((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
SPIKE = ring((0, 0), (1, 0), (1, 1), (2, 2), (1, 1), (0, 1), (0, 0))
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    NAN = Polygon([(LON, LAT), (LON + SIDE, math.nan), (LON + SIDE, LAT + SIDE), (LON, LAT + SIDE)])
HIGH = shapely.force_3d(box(), 35.0)
TURN = np.linspace(0, 2 * np.pi, 300_001)
DENSE = Polygon(np.column_stack([LON + 0.02 * np.cos(TURN), LAT + 0.02 * np.sin(TURN)]))
METRES = shapely.transform(box(), lambda c: c * 100_000)
ENTRIES = (
    Entry("066-E-BOW", layer([BOW]), "stop", "self-crossing", ("feature 1 (社区1)", "before", "after")),
    Entry("066-E-BOW-slip", layer([SLIP]), "fix", "outline-mended", ("before", "after"), 1, 1.0),
    Entry("067-E-POLY-unclosed", geojson(SQUARE[:-1]), "fix", "open-ring", ("feature 1",), 1, 1.0),
    Entry("067-E-POLY-clockwise", geojson(SQUARE[::-1]), "ok", "", (), 1, 1.0),
    Entry("067-E-POLY-repeated", geojson([*SQUARE[:2], SQUARE[1], *SQUARE[2:]]), "fix", "repeated-vertices",
          ("1 repeated",), 1, 1.0),
    Entry("067-E-POLY-spike", geojson(SPIKE), "fix", "outline-mended", ("feature 1",), 1, 1.0),
    Entry("067-E-POLY-hole-outside", geojson(SQUARE, HOLE), "fix", "outline-mended", ("hole",), 1, 1.0),
    Entry("067-E-POLY-hole", geojson(SQUARE, ring((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75), (0.25, 0.25))),
          "ok", "", (), 1, 0.75),
    Entry("067-E-POLY-sliver", layer([MultiPolygon([box(), box(3, 3, 1e-6, 1e-3)])]), "fix", "sliver",
          ("feature 1", "1 part"), 1, 1.0),
    Entry("067-E-POLY-line", geojson(ring((0, 0), (1, 1), (2, 2), (0, 0))), "stop", "no-area", ("feature 1",)),
    Entry("068-E-NANGEOM", layer([box(2), NAN]), "stop", "bad-vertex", ("feature 2 (社区2)", "vertex 2")),
    Entry("068-E-NANGEOM-null", layer([box(), None]), "hold", "no-geometry", ("feature 2",), 1, 1.0),
    Entry("068-E-NANGEOM-empty", layer([box(), Polygon()]), "hold", "no-geometry", ("feature 2",), 1, 1.0),
    Entry("068-E-NANGEOM-all-null", layer([Polygon(), Polygon()]), "stop", "no-polygons"),
    Entry("068-E-NANGEOM-collection", layer([GeometryCollection([box(), Point(LON, LAT)])]), "stop", "not-a-polygon",
          ("feature 1", "mixture")),
    Entry("068-E-NANGEOM-mixed", layer([box(), LineString(ring((0, 0), (1, 1))), Point(LON, LAT)]), "stop",
          "not-a-polygon", ("feature 2", "LineString")),
    Entry("068-E-NANGEOM-lines", layer([LineString(SQUARE)]), "stop", "not-a-polygon", ("feature 1",)),
    Entry("068-E-NANGEOM-no-shapes", bare, "stop", ""),
    Entry("069-E-CRS-none", layer([box()], crs=None), "stop", "no-crs"),
    Entry("069-E-CRS-none-shp", layer([box()], crs=None, ending="shp"), "stop", "no-crs"),
    Entry("069-E-CRS-lie-degrees", layer([METRES]), "stop", "crs-contradicted", ("likely",)),
    Entry("069-E-CRS-lie-metres", layer([box()], crs="EPSG:4547"), "stop", "crs-contradicted", ("degrees",)),
    Entry("069-E-CRS-other", layer([box()], to="EPSG:4547"), "fix", "reprojected", ("CGCS2000",), 1, 1.0),
    Entry("070-E-OVERLAP", layer([box(), box(0.9)]), "warn", "fences-overlap", ("社区1", "社区2", "104,"), 2),
    Entry("070-E-OVERLAP-twice", layer([box(), box()]), "warn", "fences-overlap", (), 2),
    Entry("070-E-OVERLAP-same-name", layer([box(), box(1)], names=["甲", "甲"]), "warn", "same-name", ("2 polygons",), 1, 2.0),
    Entry("070-E-OVERLAP-unnamed", layer([box(), box(1)], names=["", ""]), "warn", "fences-unnamed", (), 2, 2.0),
    Entry("070-E-OVERLAP-gap", layer([box(0, 0, 3), box(0, 1), box(2, 1), box(0, 2, 3)]), "warn", "fences-gap",
          ("1,04",), 4, 8.0),
    Entry("070-E-OVERLAP-crack", layer([box(), box(1.005)]), "warn", "fences-gap", (), 2, 2.0),
    Entry("070-E-OVERLAP-meeting", layer([box(), box(1), box(0, 1, 2)]), "ok", "", (), 3, 4.0),
    Entry("070-E-OVERLAP-multi", layer([MultiPolygon([box(), box(3)]), box(1)]), "ok", "", (), 2, 3.0),
    Entry("070-E-OVERLAP-heights", layer([HIGH]), "fix", "heights", (), 1, 1.0),
    Entry("071-E-ANTI", layer([MultiPolygon([shapely.box(179.9, 10, 180, 10.1), shapely.box(-180, 10, -179.9, 10.1)])]),
          "stop", "not-supported"),
    Entry("071-E-ANTI-polar", layer([shapely.box(10, 88, 11, 89)]), "stop", "not-supported"),
    Entry("071-E-ANTI-global", layer([shapely.box(-180, -90, 180, 90)]), "stop", "not-supported"),
    Entry("072-E-BIG-vertices", layer([DENSE, box(5)]), "warn", "many-vertices", ("vertices",), 2),
    Entry("072-E-BIG-area", layer([shapely.box(116, 32, 117, 33)]), "stop", "too-large", ("km2", "limit")),
    Entry("072-E-BIG-tiny", layer([box(0, 0, 1e-3, 1e-3)]), "stop", "no-area", ("1.0 m2",)),
    Entry("010-A-XLS-TRUNC-fences", raw(b'{"type": "FeatureCollection", "features": [{"ty'), "stop", ""),
    Entry("012-A-EMPTY-fences", raw(b""), "stop", ""),
    Entry("012-A-EMPTY-features", raw(b'{"type": "FeatureCollection", "features": []}'), "stop", ""),
    Entry("013-A-PATH-fences", lambda folder: folder / "none.gpkg", "stop", "missing-file"),
    Entry("095-H-BOMB-fences", raw(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"), "stop", ""),
)  # fmt: skip


def _refused(entry: Entry, path: Path) -> None:
    with pytest.raises(PlannerError) as caught:
        survey_fences(path)
    said = refusals_of(caught.value, path.name)
    assert entry.code in {f.code for f in said} or not entry.code
    assert all(f.severity is Severity.STOP and f.remedy and f.remedy_zh for f in said)
    assert all(word in " ".join(map(str, said)) for word in entry.words), said


@pytest.mark.parametrize("entry", ENTRIES, ids=[e.name for e in ENTRIES])
def test_fences(entry: Entry, tmp_path: Path) -> None:
    """The right class and code, naming the feature; the fences that come out are valid and as large."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = entry.make(tmp_path)
    if entry.klass == "stop":
        _refused(entry, path)
        return
    read = survey_fences(path)
    text = " ".join(map(str, read.findings))
    if entry.code:
        own = [f for f in read.findings if f.code == entry.code]
        assert {f.severity.value for f in own} == {entry.klass}, text
        assert all(f.file == path.name and f.what_zh for f in own)
        assert all(word in text for word in entry.words), text
    else:
        assert not read.findings, text
    assert read.layer.crs.to_epsg() == 4326
    assert read.layer.geometry.is_valid.all()
    assert read.layer["fence"].is_unique
    if entry.fences is not None:
        assert len(read.layer) == entry.fences
    if entry.squares is not None:
        assert shapely.area(read.layer.geometry.to_numpy()).sum() / SIDE**2 == pytest.approx(
            entry.squares, abs=0.01
        )


def test_070_a_home_on_a_shared_edge_has_one_fence(tmp_path: Path) -> None:
    """070 E-OVERLAP: a point on the border, or in two fences, goes to the first by name; no row grows."""
    import pandas as pd

    from planner.demand.ground import Ground
    from planner.demand.locate import locate
    from planner.intake.residents import read_households, read_members
    from planner.model.plane import LocalProjection
    from planner.network.straight import StraightNetwork

    fences = survey_fences(layer([box(), box(1), box(0.9, 0, 0.2)])(tmp_path)).layer
    at = [(0.5, 0.5), (1.0, 0.5), (1.5, 0.5), (0.95, 0.5), (1.05, 0.5)]
    homes = pd.DataFrame({"编号": range(5), "lon": [LON + x * SIDE for x, _ in at],
                          "lat": [LAT + y * SIDE for _, y in at]})  # fmt: skip
    path = tmp_path / "homes.csv"
    homes.assign(是否中心户="是").to_csv(path, index=False)
    plane = LocalProjection.around(homes["lon"], homes["lat"])
    found = locate(
        read_households(path), read_members(path), Ground(StraightNetwork(plane, 1.3)), fences
    )
    assert found.households["fence"].tolist() == ["社区1", "社区1", "社区2", "社区1", "社区2"]
    assert np.array_equal(found.members["fence"], found.households["fence"])
