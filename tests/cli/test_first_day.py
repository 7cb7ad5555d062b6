"""Fifteen mistakes of a first day: each is told so that a clerk can act on it, in either language.

``python -m tests.cli.test_first_day`` writes the table of messages anew; read what differs before it is kept.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from planner.cli import terminal
from tests.cli.first_day import MISTAKES, office

GOLDEN = Path(__file__).with_name("first_day.json")
KEPT = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
CODE = re.compile(
    r"\b(?:households_per_zone|members_per_zone|households_per_member|is_centre|walk_m)\b"
)
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r"编号|经度|纬度|是否中心户|东|北|居民\.xlsx|地址|是")
"""Words of the office's own files, which an English message repeats."""


def told(folder: Path, language: str) -> list[str]:
    """Run the plan as a clerk would, and give the exit code and what the screen says of the mistake."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        code = _run(["planner", "--lang", language, "zone", "planner.toml", "--out", "out"])
    text = out.getvalue().replace(str(folder), "<folder>")
    text = re.sub(r"\d{4}-\d\d-\d\d", "<date>", text)
    text = re.sub("(known keys: |可用的键：).*", r"\1...", text)  # there will be more of them
    lines = text.splitlines()
    if code:
        begin = next(i for i, line in enumerate(lines) if line.startswith(("错误", "error")))
        return [str(code), *(line.rstrip() for line in lines[begin:] if line.strip())]
    return [str(code), *(line for line in lines if re.search("颠倒|swapped|<date>.*replace", line))]


def _run(arguments: list[str]) -> int:
    from planner.cli import main

    before = sys.argv
    sys.argv = arguments
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv = before
    return 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_a_mistake_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistake: str, language: str
) -> None:
    """As the table has it: never our fault, a remedy where it stops, one language, no word of code."""
    monkeypatch.setenv("PLANNER_LANG", language)
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setattr(terminal.console, "width", 1000)  # it is made when it is imported
    office(tmp_path)
    MISTAKES[mistake](tmp_path)
    monkeypatch.chdir(tmp_path)
    said = told(tmp_path, language)
    assert said == KEPT[mistake][language]
    code, text = said[0], "\n".join(said[1:])
    assert code in ("0", "2")
    assert code == "0" or "-> " in text
    assert text
    assert not CODE.search(text)
    foreign = CHINESE.search(QUOTED.sub("", text))
    assert bool(foreign) == (language == "zh")


def test_the_table_is_of_these_mistakes() -> None:
    """Fifteen, in both languages, each with words of its own; and the office itself is planned."""
    assert list(KEPT) == list(MISTAKES)
    assert len(KEPT) == 15
    for language in ("zh", "en"):
        assert len({tuple(of[language][1:]) for of in KEPT.values()}) >= 14


def main() -> None:
    """Write the table anew."""
    made: dict[str, dict[str, list[str]]] = {}
    os.environ["COLUMNS"] = "1000"
    for name, mistake in MISTAKES.items():
        for language in ("zh", "en"):
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch).resolve()
                office(folder)
                mistake(folder)
                code = (
                    "import sys, json; from pathlib import Path; from tests.cli.test_first_day import told; "
                    "print('\\x00' + json.dumps(told(Path(sys.argv[1]), sys.argv[2])))"
                )
                command = [sys.executable, "-c", code, str(folder), language]
                where = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
                done = subprocess.run(
                    command, cwd=folder, env=where, capture_output=True, text=True, check=True
                )
                made.setdefault(name, {})[language] = json.loads(done.stdout.rpartition("\x00")[2])
    GOLDEN.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
