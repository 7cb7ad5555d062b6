"""A project names its inputs, and nothing is kept where one of them lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import ConfigError
from planner.model.project import Project

NAMED = {"households": "homes.xlsx", "members": "members.xlsx"}


@pytest.mark.parametrize(
    "values",
    [
        {"inputs": {**NAMED, "accepted": "homes.xlsx"}},
        {"inputs": {**NAMED, "accepted": "members.xlsx"}},
        {"inputs": {**NAMED, "cache": "homes.xlsx"}},
        {"inputs": {**NAMED, "streets": "town.osm", "cache": "town.osm"}},
        {"inputs": NAMED, "online": {"provider": "amap", "cache": "homes.xlsx"}},
        {"inputs": NAMED, "online": {"provider": "amap", "cache": "another.csv"}},
        {"inputs": {**NAMED, "households": "a.sqlite"}, "online": {"provider": "amap", "cache": "a.sqlite"}},
    ],
)  # fmt: skip
def test_nothing_is_kept_where_an_input_lies(tmp_path: Path, values: dict[str, object]) -> None:
    """Answers and the gazetteer have files of their own, or the project is refused."""
    with pytest.raises(ConfigError, match="file that it reads"):
        Project.from_mapping(values, folder=tmp_path, where="p.toml")


def test_a_project_names_its_files(tmp_path: Path) -> None:
    """Each sheet and layer, those of the levels and the project file itself are inputs."""
    path = tmp_path / "p.toml"
    path.write_text(
        '[inputs]\nhouseholds=["a.csv","b.csv"]\nmembers="m.csv"\nstreets="t.osm"\nfences="f.geojson"\n'
        'buildings="b.xlsx"\naliases="al.csv"\nties="ties.csv"\nmentors="mentors.xlsx"\n',
        "utf-8",
    )
    assert {p.name for p in Project.read(path).files} == {
        "p.toml", "a.csv", "b.csv", "m.csv", "t.osm", "f.geojson", "b.xlsx", "al.csv", "ties.csv",
        "mentors.xlsx",
    }  # fmt: skip
