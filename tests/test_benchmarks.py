"""Benchmarks are outside the default run; that they still start is not."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("benchmarks")
COMMANDS = sorted(
    path.stem for path in FOLDER.glob("*.py") if "\ndef main(" in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", COMMANDS)
def test_it_says_how_it_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each can be imported without the extra `bench`, and explains itself."""
    main = importlib.import_module(f"tests.benchmarks.{name}").main
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert len(capsys.readouterr().out) > 100


def test_a_community_is_cut(shared_data: Path) -> None:
    """What the benchmarks hand to the search is a problem of that size."""
    from tests.benchmarks.communities import Place, Size

    small = Size(buildings=12, households=90, members=20, centres=3)
    problem = Place(shared_data / "osm" / "jiangxi_guixi_2025.osm.pbf").community(small, seed=1)
    assert problem.n_centres == small.centres
    assert problem.households.sum() == small.households
