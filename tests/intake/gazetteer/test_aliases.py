"""The office's table of old names."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from planner.demand.ground import no_layer, read_ground
from planner.demand.locate import locate
from planner.errors import SchemaError
from planner.intake.gazetteer.aliases import Aliases, read_aliases
from planner.intake.gazetteer.geocode import geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.residents import read_households
from planner.model.project import Project

TABLE = pd.DataFrame(
    {
        "name": ["和平路", "翠湖花园二期", "翠湖花园二期"], "building": ["12号", "3栋", "5栋"],
        "lon": [116.80, 116.81, 116.812], "lat": [32.60, 32.61, 32.612],
    }
)  # fmt: skip


@pytest.fixture
def gazetteer() -> Gazetteer:
    """A building table of two names."""
    nothing: gpd.GeoDataFrame = no_layer(
        "osm_id", "name", "street", "number", "place", "source", "building", "kind", "highway"
    )
    return Gazetteer.build(nothing, nothing, nothing, nothing, table=TABLE)


def _read(tmp_path: Path, *rows: str) -> tuple[Aliases, list[tuple[int | None, str]]]:
    path = tmp_path / "aliases.csv"
    path.write_text("\n".join(["旧名,现名", *rows]), "utf-8")
    aliases, findings = read_aliases(path)
    return aliases, [(f.row, f.what) for f in findings]


def test_old_names_become_names_of_today(tmp_path: Path) -> None:
    """Names in use are left alone, chains lead to the last name, western names are whole words."""
    aliases, said = _read(
        tmp_path, "翠湖小区,翠湖花园", "翠湖花园,翠湖花园二期", "Mill Lane,Station Road", "红旗路,和平路"
    )  # fmt: skip
    assert said == []
    assert aliases.renamed(
        ["翠湖小区3栋", "翠湖花园二期3栋", "红旗路12号", "4 mill lane", "4 Windmill Lane", ""]
    ) == [
        "翠湖花园二期3栋",
        "翠湖花园二期3栋",
        "和平路12号",
        "4 Station Road",
        "4 Windmill Lane",
        "",
    ]


def test_lines_that_cannot_be_used_are_told_by_row(tmp_path: Path) -> None:
    """Half a line, a circle and a contradiction are left out; the rest is used."""
    aliases, said = _read(
        tmp_path, "甲路,", "乙路,丙路", "丙路,乙路", "丁路,戊路", "丁路,己路", "庚路,辛路"
    )
    assert dict(aliases.names) == {"庚路": "辛路"}
    assert sorted(row or 0 for row, _ in said) == [2, 3, 4, 6]


def test_a_sheet_without_the_columns_is_refused(tmp_path: Path) -> None:
    """The error names the two columns."""
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(SchemaError, match="旧名"):
        read_aliases(path)


def test_047_an_alias_is_a_hit_and_a_likeness_is_not(gazetteer: Gazetteer) -> None:
    """047 D-ADDR-ALIAS: with the table the old name finds its building; without it nobody is placed."""
    from dataclasses import replace

    asked = ["红旗路12号", "翠湖小区3栋"]
    assert (geocode(asked, gazetteer)["precision"] == "none").all()
    told = replace(gazetteer, aliases=Aliases({"红旗路": "和平路", "翠湖小区": "翠湖花园二期"}))
    found = geocode(asked, told)
    assert found["lon"].tolist() == pytest.approx([116.80, 116.81])
    assert (found["confidence"] >= 0.8).all()


def test_the_project_names_the_table(tmp_path: Path) -> None:
    """`[inputs] aliases` is read, and the number of renamed addresses is told."""
    from tests.acceptance.test_streets import LAT, LON, MAIN, osm

    osm(tmp_path / "town.osm", MAIN)
    TABLE.assign(lon=LON + 0.001, lat=LAT).rename(
        columns={"name": "小区", "building": "楼栋", "lon": "经度", "lat": "纬度"}
    ).to_csv(tmp_path / "buildings.csv", index=False)
    (tmp_path / "aliases.csv").write_text("旧名,现名\n红旗路,和平路\n", "utf-8")
    (tmp_path / "homes.csv").write_text("编号,地址\nH1,红旗路12号\nH2,和平路12号\n", "utf-8")
    path = tmp_path / "planner.toml"
    path.write_text(
        "[inputs]\nhouseholds = 'homes.csv'\nmembers = 'homes.csv'\nstreets = 'town.osm'\n"
        "buildings = 'buildings.csv'\naliases = 'aliases.csv'\n",
        "utf-8",
    )
    inputs = Project.read(path).inputs
    homes = read_households(inputs.households)
    located = locate(homes, homes, read_ground(inputs, homes.kept), None)
    assert (located.households["precision"] == "building").all()
    (said,) = [f for f in located.findings if f.code == "alias"]
    assert said.what.startswith("2 addresses")
