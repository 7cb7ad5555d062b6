"""What the commands share: the reader's language, findings by kind, a folder for each plan."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.cli.terminal import closing_table, languages, new_folder, say, show_findings
from planner.errors import Finding, Severity
from tests.plans import make_plan_tables

NAMES = ("PLANNER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Forget the machine's own language."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("given", "spoken_then"),
    [
        ({}, ("zh", "en")),
        ({"LANG": "C.UTF-8"}, ("zh", "en")),
        ({"LANG": "zh_CN.UTF-8"}, ("zh",)),
        ({"LANG": "en_GB.UTF-8"}, ("en",)),
        ({"LANG": "fi_FI.UTF-8"}, ("zh", "en")),
        ({"LANG": "zh_CN", "LC_ALL": "en_US"}, ("en",)),
        ({"LANG": "zh_CN", "PLANNER_LANG": "en"}, ("en",)),
        ({"LANG": "zh_CN", "PLANNER_LANG": "both"}, ("zh", "en")),
    ],
)
def test_the_language_is_that_of_the_reader(
    spoken: pytest.MonkeyPatch, given: dict[str, str], spoken_then: tuple[str, ...]
) -> None:
    """What was asked for wins, then the locale; both where neither language is told."""
    for name, value in given.items():
        spoken.setenv(name, value)
    assert languages() == spoken_then
    assert say("中", "en") == " · ".join({"zh": "中", "en": "en"}[s] for s in spoken_then)


def test_a_text_that_lacks_a_language_is_told_in_the_other(spoken: pytest.MonkeyPatch) -> None:
    """A finding without Chinese is better in English than not at all."""
    spoken.setenv("PLANNER_LANG", "zh")
    assert say("", "only English") == "only English"


def test_findings_are_told_by_kind(
    spoken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two hundred equal lines are one, with its count and three places; the gravest kind comes first."""
    spoken.setenv("PLANNER_LANG", "en")
    many = [Finding("b", Severity.WARN, "odd", file="a.csv", row=n) for n in range(2, 202)]
    show_findings([*many, Finding("a", Severity.STOP, "wrong", remedy="mend it")])
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "[to be mended] wrong"
    assert told[1] == "    -> mend it"
    assert told[2] == "[to note ×200] odd"
    assert told[3].count("a.csv") == 3
    assert len(told) == 4


def test_a_standing_plan_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second plan goes to a dated folder, a third to another; --replace alone overwrites."""
    out = tmp_path / "out"
    assert new_folder(out, replacing=False) == out
    out.mkdir()
    (out / "notes.txt").write_text("mine", "utf-8")
    assert new_folder(out, replacing=False) == out
    (out / "plan.gpkg").write_bytes(b"")
    second = new_folder(out, replacing=False)
    assert second == tmp_path / f"out-{date.today().isoformat()}"
    assert str(second.name) in capsys.readouterr().err.replace("\n", "")
    second.mkdir()
    (second / "plan.gpkg").write_bytes(b"")
    assert new_folder(out, replacing=False).name == f"{second.name}-2"
    assert new_folder(out, replacing=True) == out


def test_the_screen_of_a_plan(
    spoken: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Who is not served comes before the plan, the proof after it; no word of code is told."""
    spoken.setenv("PLANNER_LANG", "en")
    spoken.setenv("COLUMNS", "200")
    plan = Plan.of(make_plan_tables())
    closing_table(plan, {"plan.gpkg": tmp_path / "plan.gpkg"})
    told = capsys.readouterr().out
    assert told.index("beyond") < told.index("Zones") < told.index("Proof")
    assert "_per_" not in told
    assert "walk_m" not in told
    # not even a comma of the other language, but where the office's own words are quoted
    lines = told.splitlines()[1:]
    of_ours = "".join(line for line in lines if not line.startswith("    homes.xlsx"))
    assert not re.search("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]", of_ours)
    spoken.setenv("PLANNER_LANG", "zh")
    closing_table(plan, {})
    told = capsys.readouterr().out
    assert "，全部连通" in told
    assert "工作表“居民户”，第417行" in told
    assert "sheet" not in told
    spoken.setenv("PLANNER_LANG", "both")
    closing_table(plan, {})
    (time,) = (line for line in capsys.readouterr().out.splitlines() if "用时" in line)
    assert re.search(r"[0-9.]+秒 · [0-9.]+ s", time)
