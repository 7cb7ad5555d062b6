"""Fixtures that every test may use."""

from __future__ import annotations

import io
import os
import pickle
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from planner.api.demo import demo_streets
from planner.cli import main
from planner.network.streets.osm import Extract, read_extract

HERE = Path(__file__).resolve().parent
SHARED_DATA = HERE.parents[1] / "shared" / "data"

# A shell starts what it puts in the background deaf to Ctrl-C; the tests of Ctrl-C need it heard.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real extracts beside the project, or skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real extracts are not beside the project ({SHARED_DATA.name}/ is absent)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """Return the real extract of central Helsinki that the demonstration carries."""
    return demo_streets()


ReadOnce = Callable[[Path], Extract]


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> ReadOnce:
    """Read an extract once in a run, whichever worker comes first; each caller is given a copy."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def read(path: Path) -> Extract:
        kept, lock = folder / f"{path.name}.pickle", folder / f"{path.name}.reading"
        while not kept.exists():
            try:
                lock.mkdir()
            except FileExistsError:  # the other worker is at it
                time.sleep(0.05)
                continue
            try:
                part = folder / f"{path.name}.part"
                part.write_bytes(pickle.dumps(read_extract(path)))
                part.replace(kept)
            finally:
                lock.rmdir()
        return pickle.loads(kept.read_bytes())

    return read


@dataclass
class Said:
    """What a command said, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in a folder as a scheduled job would: nobody sits at it."""

    def run_it(*words: str) -> Said:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr("sys.argv", ["planner", *words])
        monkeypatch.setattr("sys.stdin", io.StringIO())
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Said(code, *capsys.readouterr())

    return run_it


WHOLE = frozenset(
    HERE / name
    for name in (
        "acceptance", "api/batch/test_run.py", "api/rezone/test_broken_rules.py",
        "api/rezone/test_drift.py", "api/rezone/test_run.py", "api/rezone/test_sited.py",
        "api/rezone/test_why.py", "api/site/test_adding.py", "api/site/test_communities.py",
        "api/site/test_counts.py",
        "api/site/test_proposal.py", "api/site/test_quarters.py", "api/site/test_site.py",
        "api/test_checkpoint.py", "api/test_demo.py", "api/test_estimator_contract.py",
        "api/test_estimator.py", "api/test_recheck.py", "api/test_release.py",
        "api/test_snippets.py", "api/test_zone.py", "attack/test_hidden_counts.py",
        "cli/test_batching.py", "cli/test_finished.py", "cli/test_first_day.py",
        "cli/test_history.py", "cli/test_rezoning.py", "cli/test_serving.py",
        "cli/test_siting.py", "cli/test_terminal_letters.py", "intake/gazetteer/test_geocode_self.py",
        "intake/online/test_consent.py", "intake/test_layouts.py", "plan/store/test_coherent.py",
        "plan/store/test_seal.py", "render/map/test_page.py", "solve/points", "solve/sites",
        "solve/test_recut.py", "solve/zones/proof/test_bound.py",
        "solve/zones/test_search_fences.py", "solve/zones/ties/test_cost.py", "test_doctests.py",
    )
)  # fmt: skip
"""Tests that walk the whole way again and again, the engine's longest, and the two engines whose loops
take longest to compile (points, medians): with ``--whole``, or by path."""

FIRST = (
    "api/test_estimator.py", "api/site/test_communities.py", "intake/coordinates/test_spread.py",
    "demand/ties/test_bind.py", "test_architecture.py", "solve/zones/ties/test_cost.py",
    "api/rezone/test_run.py", "intake/online/test_consent.py", "api/test_zone.py",
    "intake/gazetteer/test_geocode_self.py", "intake/test_layouts.py", "plan/store/test_coherent.py",
    "attack/test_hidden_counts.py", "cli/test_terminal_letters.py", "api/site/test_site.py",
    "cli/test_rezoning.py",
    "acceptance/test_canaries.py", "acceptance/test_catalogue.py", "acceptance/test_fuzz.py",
    "acceptance/test_bad_inputs.py", "acceptance/test_sequences.py", "acceptance/test_zoning.py",
    "acceptance/test_writing.py", "acceptance/test_providers.py",
)  # fmt: skip
"""The slowest files: they begin, so that no worker is left alone with one of them at the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run ask for the tests of the whole way, which the default run leaves out."""
    parser.addoption("--whole", action="store_true", help="run the tests of the whole way alone")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what a run of all tests did not ask for; what is named by its path is run."""
    if not collection_path.name.startswith("test_"):
        return None
    whole = not WHOLE.isdisjoint((collection_path, *collection_path.parents))
    if config.getoption("whole"):
        return None if whole else True
    of_all = any(Path(arg).resolve() in (HERE, HERE.parent) for arg in config.args)
    return True if whole and of_all else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let workers begin with the slowest files; a run without workers keeps the order of the folders."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        order = {HERE / name: place for place, name in enumerate(FIRST)}
        items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out whole files, unless another way is asked for: what a file plans is then planned once."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


settings.register_profile("product", deadline=None)  # a busy machine is no fault
settings.load_profile("product")
if os.environ.get("CI"):
    settings.register_profile("ci", derandomize=True, deadline=None)
    settings.load_profile("ci")
