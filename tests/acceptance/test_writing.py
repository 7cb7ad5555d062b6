"""Catalogue entries about writing and about keys, for the data check: each test names its number."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from planner.api.check.check import check
from planner.errors import OutputError
from planner.files import TEMP_PREFIX
from tests.acceptance.corpus import HEAD, plain, write_as
from tests.conftest import Cli
from tests.files.test_write import Failing
from tests.intake.online.conftest import places, serve
from tests.intake.online.fake import Fake
from tests.intake.online.test_consent import N, write_project

__all__ = ["serve"]

KEY = "canarykey0123456789abcdef"


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder but its lock."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith(".lock")}


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=errno.errorcode.get)
def test_098_a_check_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    """098 H-DISK: exit code 4 and the path; each earlier report is whole, and no half file stays."""
    path = write_as(tmp_path / "a.xlsx", [HEAD, *plain(3)])
    out = tmp_path / "out"
    check(path).save(out)
    old = contents(out)
    report = check(write_as(tmp_path / "a.xlsx", [HEAD, *plain(5)]))
    sheet = path.read_bytes()
    said: OutputError | None = None
    with monkeypatch.context() as patch:
        patch.setattr(os, call, Failing(getattr(os, call), 1, code))
        try:
            report.save(out)
        except OutputError as error:
            said = error
    assert said is not None
    assert said.exit_code == 4
    assert str(out) in str(said)
    assert contents(out) == old
    assert path.read_bytes() == sheet
    assert set(report.save(out)) == set(old)


def test_098_a_folder_that_is_a_file(cli: Cli, tmp_path: Path) -> None:
    """098 H-DISK: the command ends with exit code 4, and the file in the way stays as it is."""
    write_as(tmp_path / "a.xlsx", [HEAD, *plain(3)])
    (tmp_path / "out").write_bytes(b"mine")
    said = cli("check", "a.xlsx", "--out", "out")
    assert said.returncode == 4, said.stderr
    assert "Traceback" not in said.stderr
    assert (tmp_path / "out").read_bytes() == b"mine"


SAVE = """
import sys
from planner.api.check.check import check
report = check(sys.argv[1])
print("go", flush=True)
while True:
    report.save(sys.argv[2])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")
@pytest.mark.parametrize("late", [0.013, 0.057, 0.11])
def test_099_a_check_that_is_killed(tmp_path: Path, late: float) -> None:
    """099 H-KILL: every file is whole, and the next run sweeps what was left and writes again."""
    path = write_as(tmp_path / "a.xlsx", [HEAD, *plain(60)])
    out = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-c", SAVE, str(path), str(out)], stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        while not (out / "check.json").exists():
            time.sleep(0.002)
        time.sleep(late)
        run.send_signal(signal.SIGKILL)
    assert json.loads((out / "check.json").read_text("utf-8"))["counts"]["rows"] == 60
    assert openpyxl.load_workbook(out / "a.checked.xlsx").sheetnames[0] == "体检结果"
    check(path).save(out)
    assert not [p for p in out.iterdir() if p.name.startswith(TEMP_PREFIX)]


@pytest.mark.parametrize("mode", ["", "403"])
def test_100_a_key_is_told_nowhere(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, mode: str, serve: Callable[..., Fake], tmp_path: Path
) -> None:
    """100 H-SECRET: not on the terminal, in the outputs, the answers or the list of what was sent."""
    fake = serve(places=places(N), always=mode)
    project = write_project(tmp_path, fake)
    project.write_text(project.read_text("utf-8").replace("seconds=5", "seconds=1"), "utf-8")
    monkeypatch.setenv("PLANNER_AMAP_KEY", KEY)
    said = cli("zone", "planner.toml", "--yes")
    assert KEY in "\n".join(fake.raw)
    checked = cli("check", "planner.toml", "--out", "checked")
    assert checked.returncode == 0, checked.stderr
    assert KEY not in said.stdout + said.stderr + checked.stdout + checked.stderr
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        assert KEY.encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize("line", [f"key='{KEY}'", f"city=['{KEY}']"])
def test_100_a_key_in_the_project_file(
    cli: Cli, line: str, serve: Callable[..., Fake], tmp_path: Path
) -> None:
    """100 H-SECRET: a key in the wrong place is refused without being repeated."""
    fake = serve(places=places(N))
    write_project(tmp_path, fake, online=line)
    said = cli("zone", "planner.toml", "--yes")
    assert said.returncode == 2, said.stderr
    assert KEY not in said.stdout + said.stderr
    assert not fake.raw
