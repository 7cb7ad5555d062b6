"""How loud a run is: -q says results and errors alone, -v logs stages, -vv steps."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import planner
from tests.api.small import write_small_office
from tests.conftest import Cli


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the loggers as they were."""
    logger = logging.getLogger("planner")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers, logger.level = handlers, level


def test_quiet_says_results_alone(cli: Cli, tmp_path: Path) -> None:
    """No stage and no progress; the result is told, and an error is told all the same."""
    write_small_office(tmp_path)
    done = cli("-q", "zone", "planner.toml", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "12 homes" in done.stdout
    assert (tmp_path / "out" / "plan.gpkg").is_file()
    wrong = cli("-q", "zone", "nowhere.toml", "--out", "out2")
    assert wrong.returncode == 2
    assert "nowhere.toml" in wrong.stderr.replace("\n", "")  # a line is cut where a terminal ends


def test_verbose_logs_by_the_standard_library(cli: Cli, tmp_path: Path) -> None:
    """One line a stage with -v, steps with -vv; no name and no address of anybody."""
    write_small_office(tmp_path)
    told = cli("-v", "zone", "planner.toml", "--out", "out")
    lines = re.findall(r"INFO planner\.api\.progress: (\w+): done in", told.stderr)
    assert {"read", "zones", "check", "draw"} <= set(lines)
    assert "DEBUG" not in told.stderr
    more = cli("-vv", "zone", "planner.toml", "--out", "out2")
    assert "DEBUG" in more.stderr
    assert "甲路" not in told.stderr + more.stderr


def test_a_library_is_silent_and_can_be_listened_to(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is printed, not by a solver either; whoever sets up logging hears the stages."""
    project = write_small_office(tmp_path)
    with caplog.at_level(logging.INFO, logger="planner"):
        planner.run(project)
    assert any(record.name.startswith("planner.") for record in caplog.records)
    assert capfd.readouterr() == ("", "")
