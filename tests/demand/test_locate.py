"""Everyone finds a place, a door and a fence, or a cause; findings say how many and why."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.demand.ground import Ground
from planner.demand.locate import Located, locate
from planner.errors import DatumError, NetworkError
from planner.intake.residents import Residents, read_households, read_members
from planner.network.graph import WalkingNetwork
from planner.network.straight import StraightNetwork
from tests.office import PLANE

STREET = [(116.79 + 0.001 * i, 32.6) for i in range(21)]


@pytest.fixture(scope="module")
def ground() -> Ground:
    """A street of two kilometres, and a table of two buildings beside it."""
    line = gpd.GeoDataFrame(geometry=[shapely.LineString(STREET)], crs="EPSG:4326")
    from planner.demand.ground import no_layer
    from planner.intake.gazetteer.index import Gazetteer

    table = pd.DataFrame(
        {"name": "甲苑", "building": ["3号楼", "4号楼"], "stairwell": "", "address": "", "community": "",
         "lon": [116.795, 116.797], "lat": [32.6003, 32.6003]}
    )  # fmt: skip
    nothing = no_layer(
        "osm_id", "name", "street", "number", "place", "source", "building", "kind", "highway"
    )
    gazetteer = Gazetteer.build(nothing, nothing, nothing, nothing, table=table)
    return Ground(WalkingNetwork.from_lines(line), gazetteer)


def read(
    folder: Path, homes: str, members: str = "M1,甲苑3号楼1单元,是"
) -> tuple[Residents, Residents]:
    """Write and read both sheets."""
    (folder / "h.csv").write_text(homes, "utf-8")
    (folder / "m.csv").write_text(f"编号,地址,是否中心户\n{members}\n", "utf-8")
    return read_households(folder / "h.csv"), read_members(folder / "m.csv")


def placed(
    folder: Path, ground: Ground, homes: str, fences: gpd.GeoDataFrame | None = None
) -> Located:
    """Locate the residents of both sheets."""
    return locate(*read(folder, homes), ground, fences)


def test_columns_and_lines_meet_at_one_door(tmp_path: Path, ground: Ground) -> None:
    """A home by columns and a member by a line: one place, one key, one label."""
    made = placed(tmp_path, ground, "编号,小区,楼栋,单元\nH1,甲苑,3栋,一单元\n")
    for name in ("lon", "lat", "place", "building", "stairwell", "label"):
        assert made.households[name].iloc[0] == made.members[name].iloc[0]
    assert made.households["label"].iloc[0] == "甲苑3号楼1单元"
    assert made.rows == (1, 1)


def test_who_is_not_found_is_counted_with_a_code(tmp_path: Path, ground: Ground) -> None:
    """The row stays, without a place, with a cause and a code; a finding says how many."""
    made = placed(tmp_path, ground, "编号,地址\nH1,甲苑3号楼\nH2,乙苑9号楼\n")
    lost = made.households.set_index("id").loc["H2"]
    assert np.isnan(lost["lon"])
    assert lost["cause"] == "address_not_found"
    assert lost["code"] != ""
    (said,) = [f for f in made.findings if f.code == "address-not-found"]
    assert said.what.startswith("1 households")


def test_held_rows_stay_in_the_table(tmp_path: Path, ground: Ground) -> None:
    """A row that was set aside in reading keeps its code, and a centre among them stays a centre."""
    both = read(tmp_path, "编号,地址\nH1,甲苑3号楼\nH2,\n", "M1,甲苑3号楼,是\nM2,,是")
    made = locate(*both, ground, None)
    assert made.households["code"].tolist() == ["", "no-address"]
    assert made.members["is_centre"].tolist() == [True, True]
    assert made.members["cause"].tolist() == ["", "address_not_found"]


def test_homes_of_another_place_stop_the_run(tmp_path: Path, ground: Ground) -> None:
    """Nobody placed, or most far from any street of the extract."""
    with pytest.raises(NetworkError, match="not one household"):
        placed(tmp_path, ground, "编号,地址\nH1,乙苑9号楼\n")
    with pytest.raises(NetworkError, match="0 % of the homes"):
        placed(tmp_path, ground, "编号,经度,纬度\nH1,118.1,31.1\nH2,118.1,31.2\n")


def square(west: float, east: float, name: str) -> gpd.GeoDataFrame:
    """One community around the street."""
    return gpd.GeoDataFrame(
        {"fence": [name]}, geometry=[shapely.box(west, 32.59, east, 32.61)], crs=4326
    )


def test_fences_hold_those_inside(tmp_path: Path, ground: Ground) -> None:
    """Inside, or within 50 m; the others have none, and are told of."""
    rows = "编号,经度,纬度\nH1,116.795,32.6\nH2,116.8003,32.6\nH3,116.805,32.6\n"
    made = placed(tmp_path, ground, rows, square(116.79, 116.8, "甲社区"))
    assert made.households["fence"].tolist() == ["甲社区", "甲社区", ""]
    told = {f.code: str(f) for f in made.findings}
    assert {"outside-fences", "beside-fence"} <= set(told)
    assert "1 records lie outside every fence, at most 29 m from one" in told["beside-fence"]


def test_two_fences_on_one_spot_are_told(tmp_path: Path, ground: Ground) -> None:
    """The first by name counts."""
    both = pd.concat(
        [square(116.79, 116.81, "甲"), square(116.79, 116.81, "乙")], ignore_index=True
    )
    made = placed(tmp_path, ground, "编号,经度,纬度\nH1,116.795,32.6\n", both)
    assert made.households["fence"].tolist() == ["甲"]
    assert "in-two-fences" in {f.code for f in made.findings}


def test_fences_elsewhere_stop_the_run(tmp_path: Path, ground: Ground) -> None:
    """Layers are held against each other before anything is planned."""
    rows = "编号,经度,纬度\n" + "".join(f"H{i},{116.79 + i * 1e-4},32.6\n" for i in range(20))
    with pytest.raises(DatumError, match="0 % of 21 homes and members"):
        placed(tmp_path, ground, rows, square(119.0, 119.1, "甲社区"))


def test_a_blank_community_is_that_of_the_nearest(tmp_path: Path) -> None:
    """Without fences the column is the fence; whoever leaves it empty has the neighbour's."""
    ground = Ground(StraightNetwork(PLANE, 1.3))
    homes = "编号,经度,纬度,社区\nH1,117.0,32.6,甲社区\nH2,117.0001,32.6,\nH3,117.01,32.6,乙社区\n"
    (tmp_path / "m2.csv").write_text("编号,经度,纬度,是否中心户\nM1,117.0099,32.6,是\n", "utf-8")
    both = read(tmp_path, homes)[0], read_members(tmp_path / "m2.csv")
    made = locate(*both, ground, None)
    assert made.households["fence"].tolist() == ["甲社区", "甲社区", "乙社区"]
    assert made.members["fence"].tolist() == ["乙社区"]
    told = [str(f) for f in made.findings if f.code == "community-of-neighbour"]
    assert len(told) == 2
    assert all("1 records name no community" in one for one in told)


def test_one_sheet_for_homes_and_members_is_told(tmp_path: Path, ground: Ground) -> None:
    """Everybody of it would count as a member; two files of one name are two sheets all the same."""
    text = "编号,地址,是否中心户\nH1,甲苑3号楼1单元,是\nH2,甲苑4号楼1单元,否\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.csv").write_text(text.replace("H", "M"), "utf-8")
    homes = read_households(tmp_path / "a.csv")

    def told(path: Path) -> list[tuple[str, int | None]]:
        found = locate(homes, read_members(path), ground, None).findings
        return [(f.file, f.row) for f in found if f.code == "in-both"]

    assert told(tmp_path / "a.csv") == [("a.csv", 2)]
    assert told(tmp_path / "b" / "a.csv") == []
