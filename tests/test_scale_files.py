"""The container and compose files say what the program can do; no engine is needed to tell."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "docs" / "scale"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, read."""
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))


def test_all_services_are_of_one_image_that_can_be_built(compose: dict[str, Any]) -> None:
    """Scheduler, worker and driver must have the same versions; the paths are there."""
    services = compose["services"].values()
    assert {s["image"] for s in services} == {"zone-planner"}
    for service in services:
        context = (FOLDER / service["build"]["context"]).resolve()
        assert context == PROJECT
        assert (context / service["build"]["dockerfile"]).is_file()
        assert set(service.get("depends_on", ())) <= set(compose["services"])


def test_every_path_means_the_same_everywhere(compose: dict[str, Any]) -> None:
    """What the batch is told to read and write is mounted in every container."""
    services = compose["services"]
    assert len({tuple(s["volumes"]) for s in services.values()}) == 1
    inside = {volume.split(":")[1] for volume in services["batch"]["volumes"]}
    command = services["batch"]["command"]
    assert {command[2], command[command.index("--out") + 1]} == inside


def test_commands_are_the_programs_own(compose: dict[str, Any], cli: Cli) -> None:
    """Every option of the batch exists; all speak of one address, by the scheduler's name and port."""
    services = compose["services"]
    batch, worker = services["batch"]["command"], services["worker"]["command"]
    said = re.sub(r"\s+", "", cli("batch", "--help").stdout)
    assert batch[:2] == ["planner", "batch"]
    assert all(option in said for option in batch if option.startswith("--"))
    port = services["scheduler"]["command"][services["scheduler"]["command"].index("--port") + 1]
    address = f"tcp://scheduler:{port}"
    assert batch[batch.index("--scheduler") + 1] == worker[2] == address


def test_options_of_dask_are_its_own(compose: dict[str, Any]) -> None:
    """As its command line knows them."""
    scheduler = pytest.importorskip("distributed.cli.dask_scheduler").main
    worker = pytest.importorskip("distributed.cli.dask_worker").main
    for name, program in (("scheduler", scheduler), ("worker", worker)):
        known = {o for p in program.params for o in (*p.opts, *p.secondary_opts)}
        asked = {w for w in compose["services"][name]["command"] if w.startswith("--")}
        assert asked <= known


def test_the_image_is_made_of_what_is_there(cli: Cli) -> None:
    """The extras that it installs exist, and the command that compiles the search does."""
    text = (FOLDER / "Containerfile").read_text("utf-8")
    assert "FROM ghcr.io/dask/dask:" in text
    (extras,) = re.findall(r"/opt/zone-planner\[([\w,]+)\]", text)
    known = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.split(",")) <= set(known["optional-dependencies"])
    assert cli("demo", "--help").returncode == 0
