"""A plan made with ties is drawn with its project, by its own headings, and the ties stay out of it."""

from __future__ import annotations

from pathlib import Path

from tests.api.small import write_small_office
from tests.conftest import Cli

TIES = "一方,另一方,关系\nH1,H2,亲属\nH3,M5,帮扶\n"
COLUMNS = '[columns]\nties = { "一方" = "甲", "另一方" = "乙" }\n'


def test_a_map_of_a_project_with_ties(cli: Cli, tmp_path: Path) -> None:
    """For every audience; another sheet of ties than the plan was made with is refused."""
    write_small_office(tmp_path, f'ties = "ties.csv"\n{COLUMNS}')
    (tmp_path / "ties.csv").write_text(TIES, "utf-8")
    made = cli("zone", "planner.toml", "--out", "out")
    assert made.returncode == 0, made.stderr
    for audience in ("public", "meeting", "internal"):
        words = ("map", "out", "--project", "planner.toml", "--audience", audience)
        said = cli(*words, "--out", f"{audience}.html")
        assert said.returncode == 0, said.stderr
        assert "亲属" not in (tmp_path / f"{audience}.html").read_text("utf-8")
    filled = cli("fill", "out", "planner.toml")
    assert filled.returncode == 0, filled.stderr
    (tmp_path / "ties.csv").write_text(TIES.replace("H2", "H4"), "utf-8")
    refused = cli("map", "out", "--project", "planner.toml", "--out", "again.html")
    assert refused.returncode == 2
    assert not (tmp_path / "again.html").exists()
