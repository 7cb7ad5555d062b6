"""A terminal that has no Chinese letters is told all the same, and nothing fails in telling."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (["rules"], ["--lang", "zh", "rules"], ["--lang", "both", "map", "none"])
SEVERAL = """
import json, os, sys
from planner.cli import main
ended = []
for words in json.loads(sys.argv[1]):
    os.environ.pop("PLANNER_LANG", None)
    sys.argv = ["planner", *words]
    before = sys.stdout.buffer.tell(), sys.stderr.buffer.tell()
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    told = before != (sys.stdout.buffer.tell(), sys.stderr.buffer.tell())
    ended.append([code, told])
with open("ended.json", "w") as file:
    json.dump(ended, file)
"""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk", "utf-8"])
def test_whatever_letters_a_terminal_has(encoding: str, tmp_path: Path) -> None:
    """Numbers stand for letters that it has not; the exit code is that of what was asked."""
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    env["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        command = [sys.executable, "-c", SEVERAL, json.dumps(COMMANDS)]
        subprocess.run(command, cwd=tmp_path, stdout=out, stderr=err, env=env, check=True)
    assert b"internal error" not in (tmp_path / "err").read_bytes()
    ended = json.loads((tmp_path / "ended.json").read_text())
    assert ended == [[2 if "map" in words else 0, True] for words in COMMANDS]
