"""Bad inputs, as a clerk would hand them in: a clear message, the documented exit code, no traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from planner.api.demo import Size, write_office

SMALL = Size(buildings=40, households=400, members=40, centres=4, lost=1)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, helsinki_pbf: Path) -> Path:
    """A small office's folder: two sheets, streets, project file."""
    folder = tmp_path_factory.mktemp("office")
    write_office(folder, helsinki_pbf, SMALL, title="t")
    return folder


def sheet(office: Path, name: str) -> pd.DataFrame:
    """Read one of the office's sheets as text, below its title."""
    return pd.read_excel(office / f"{name}.xlsx", header=1, dtype=str, engine="calamine")


def zone(
    folder: Path, office: Path, **tables: pd.DataFrame | None
) -> subprocess.CompletedProcess[str]:
    """Run `planner zone` on the office with some sheets replaced; None stands for a missing file."""
    lines = [f'streets = "{(office / "town.osm.pbf").as_posix()}"']
    for name in ("households", "members"):
        path = office / f"{name}.xlsx"
        if name in tables:
            path = folder / f"{name}.csv"
            table = tables[name]
            if table is not None:
                table.to_csv(path, index=False, encoding="utf-8")
        lines.append(f'{name} = "{path.as_posix()}"')
    project = folder / "planner.toml"
    project.write_text("[inputs]\n" + "\n".join(lines), "utf-8")
    command = [
        sys.executable,
        "-m",
        "planner.cli",
        "zone",
        str(project),
        "--out",
        str(folder / "out"),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def refused(done: subprocess.CompletedProcess[str], folder: Path, code: int, *words: str) -> None:
    """Exit code, every word in the message, no traceback, nothing written."""
    said = re.sub(r"\s+", " ", done.stderr + done.stdout)
    assert done.returncode == code, said
    assert "Traceback" not in said
    for word in words:
        assert word in said, said
    assert not (folder / "out").exists() or not any((folder / "out").iterdir())


def test_missing_file(tmp_path: Path, office: Path) -> None:
    """A-PATH: the file that is not there is named."""
    refused(zone(tmp_path, office, households=None), tmp_path, 2, "households.csv")


def test_missing_column(tmp_path: Path, office: Path) -> None:
    """B-HDR-MISS: neither address nor lon/lat; the headers that were found are listed."""
    table = sheet(office, "households")[["编号", "楼层"]]
    refused(zone(tmp_path, office, households=table), tmp_path, 2, "households.csv", "地址", "楼层")


def test_duplicate_id(tmp_path: Path, office: Path) -> None:
    """C-ID-DUP2: many ids stand on two different homes; the rows are named."""
    table = sheet(office, "households")
    table.loc[10:40, "编号"] = table["编号"].iloc[50:81].to_numpy()
    done = zone(tmp_path, office, households=table)
    refused(done, tmp_path, 2, "households.csv", "编号", "row")


def test_empty_sheet(tmp_path: Path, office: Path) -> None:
    """A-EMPTY: headers only is never a successful plan."""
    refused(
        zone(tmp_path, office, households=sheet(office, "households").head(0)),
        tmp_path,
        2,
        "no data rows",
    )


def located(office: Path) -> pd.DataFrame:
    """The office's households with coordinates instead of addresses."""
    from planner.demand.ground import Ground
    from planner.intake.gazetteer.geocode import geocode

    table = sheet(office, "households").iloc[:-1]
    gazetteer = Ground.of(office / "town.osm.pbf").gazetteer
    assert gazetteer is not None
    found = geocode(table["地址"], gazetteer)
    columns = {
        "编号": table["编号"],
        "lon": found["lon"].to_numpy(),
        "lat": found["lat"].to_numpy(),
    }
    return pd.DataFrame(columns).dropna()


def test_swapped_coordinates(tmp_path: Path, office: Path) -> None:
    """E-SWAP: a wholly swapped pair of columns is put right and said, once; nothing is planned at sea."""
    table = located(office).rename(columns={"lon": "lat", "lat": "lon"})
    done = zone(tmp_path, office, households=table)
    assert done.returncode == 0, done.stderr
    summary = (tmp_path / "out" / "summary.md").read_text("utf-8")
    assert "swapped" in summary


def test_point_far_outside_the_streets(tmp_path: Path, office: Path) -> None:
    """E-OUTLIER: a home 900 km away is a gap with its cause; all others are planned."""
    import json

    table = located(office)
    table.loc[table.index[0], ["lon", "lat"]] = [30.0, 52.0]
    done = zone(tmp_path, office, households=table)
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert figures["gaps"]["no_walking_path"] == 1
    assert figures["unassigned"] == 1


def test_streets_of_another_place(tmp_path: Path, office: Path) -> None:
    """F-STALE: homes nowhere near the streets are refused with the share that is covered."""
    table = located(office)
    table["lon"] -= 10
    refused(zone(tmp_path, office, households=table), tmp_path, 2, "0 %")


def test_unknown_option_and_command() -> None:
    """A wrong command line is bad input too, with the way to help."""
    for words in (["zone"], ["nonsense"], ["zone", "x.toml", "--colour", "red"]):
        command = [sys.executable, "-m", "planner.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
