"""The command that plans many projects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import planner.api.batch.run
from tests.api.batch.conftest import write_project
from tests.conftest import Cli


def test_a_job_that_fails_ends_no_other(tmp_path: Path, cli: Cli) -> None:
    """The table says why; the exit code is its own; after the correction only it is done."""
    district = tmp_path / "in"
    for name, n in (("东社区", 20), ("西社区", 24)):
        write_project(district / name, n)
    (district / "西社区" / "homes.csv").rename(district / "西社区" / "away.csv")
    said = cli("batch", str(district), "--out", "out", "--workers", "1")
    assert said.returncode == 2
    assert "西社区" in said.stderr
    assert "homes.csv" in said.stderr
    told = (tmp_path / "out" / "batch.md").read_text("utf-8")
    assert told.index("西社区") < told.index("户均步行")
    (district / "西社区" / "away.csv").rename(district / "西社区" / "homes.csv")
    said = cli("batch", str(district), "--out", "out", "--workers", "1", "--json")
    assert said.returncode == 0
    figures = json.loads(said.stdout)
    assert (figures["done"], figures["kept"], figures["households"]) == (1, 1, 44)


def test_a_stop_by_hand_is_no_loss(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with its own code and says that the same command goes on."""
    write_project(tmp_path / "in" / "a", 16)

    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(planner.api.batch.run, "wait", pressed)
    said = cli("batch", "in", "--out", "out", "--workers", "1")
    assert said.returncode == 6
    assert "the same command goes on" in said.stderr
