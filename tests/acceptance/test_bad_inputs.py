"""Bad inputs, as a clerk would hand them in: a clear message, the documented exit code, no traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from planner.api.demo import Size, write_office
from planner.cli import main

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


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    said: str


class Zone:
    """Runs `planner zone` on the office with some sheets replaced."""

    def __init__(
        self,
        folder: Path,
        office: Path,
        patch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        self.folder, self.office, self.patch, self.capfd = folder, office, patch, capfd
        self.out = folder / "out"

    def __call__(self, **tables: pd.DataFrame | None) -> Done:
        """Replace the named sheets; None stands for a missing file."""
        lines = [f'streets = "{(self.office / "town.osm.pbf").as_posix()}"']
        for name in ("households", "members"):
            path = self.office / f"{name}.xlsx"
            if name in tables:
                path = self.folder / f"{name}.csv"
                table = tables[name]
                if table is not None:
                    table.to_csv(path, index=False, encoding="utf-8")
            lines.append(f'{name} = "{path.as_posix()}"')
        project = self.folder / "planner.toml"
        search = "\n[search]\nseconds = 1\nadvice_seconds = 0\n"
        project.write_text("[inputs]\n" + "\n".join(lines) + search, "utf-8")
        command = ["planner", "zone", str(project), "--out", str(self.out)]
        self.patch.setattr(sys, "argv", command)
        self.capfd.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = self.capfd.readouterr()
        return Done(code, re.sub(r"\s+", " ", told.err + told.out))

    def refused(self, code: int, *words: str, **tables: pd.DataFrame | None) -> None:
        """Exit code, every word in the message, no traceback, nothing written."""
        done = self(**tables)
        assert done.code == code, done.said
        assert "Traceback" not in done.said
        for word in words:
            assert word in done.said, done.said
        assert not self.out.exists() or not any(self.out.iterdir())


@pytest.fixture
def zone(
    tmp_path: Path,
    office: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Zone:
    """The command, ready to be run on spoilt sheets."""
    return Zone(tmp_path, office, monkeypatch, capfd)


def test_missing_file(zone: Zone) -> None:
    """A-PATH: the file that is not there is named."""
    zone.refused(2, "households.csv", households=None)


def test_missing_column(zone: Zone, office: Path) -> None:
    """B-HDR-MISS: neither address nor lon/lat; the headers that were found are listed."""
    table = sheet(office, "households")[["编号", "楼层"]]
    zone.refused(2, "households.csv", "地址", "楼层", households=table)


def test_duplicate_id(zone: Zone, office: Path) -> None:
    """C-ID-DUP2: many ids stand on two different homes; the rows are named."""
    table = sheet(office, "households")
    table.loc[10:40, "编号"] = table["编号"].iloc[50:81].to_numpy()
    zone.refused(2, "households.csv", "编号", "row", households=table)


def test_empty_sheet(zone: Zone, office: Path) -> None:
    """A-EMPTY: headers only is never a successful plan."""
    zone.refused(2, "no data rows", households=sheet(office, "households").head(0))


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


def test_swapped_coordinates(zone: Zone, office: Path) -> None:
    """E-SWAP: a wholly swapped pair of columns is put right and said, once; nothing is planned at sea."""
    table = located(office).rename(columns={"lon": "lat", "lat": "lon"})
    done = zone(households=table)
    assert done.code == 0, done.said
    summary = (zone.out / "summary.md").read_text("utf-8")
    assert "swapped" in summary


def test_point_far_outside_the_streets(zone: Zone, office: Path) -> None:
    """E-OUTLIER: a home 900 km away is a gap with its cause; all others are planned."""
    import json

    table = located(office)
    table.loc[table.index[0], ["lon", "lat"]] = [30.0, 52.0]
    done = zone(households=table)
    assert done.code == 0, done.said
    figures = json.loads((zone.out / "summary.json").read_text("utf-8"))
    assert figures["gaps"]["outside_streets"] == 1
    assert figures["unassigned"] == 1


def test_streets_of_another_place(zone: Zone, office: Path) -> None:
    """F-STALE: homes nowhere near the streets are refused with the share that is covered."""
    table = located(office)
    table["lon"] -= 10
    zone.refused(2, "0 %", households=table)


def test_unknown_option_and_command() -> None:
    """A wrong command line is bad input too, with the way to help."""
    for words in (["zone"], ["nonsense"], ["zone", "x.toml", "--colour", "red"]):
        command = [sys.executable, "-m", "planner.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
