"""A disk that is full for real, and two runs that write at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.api.zone import run
from planner.files import TEMP_PREFIX
from planner.plan.provenance import plan_fingerprint
from tests.api.rezone.office import write_office

pytestmark = pytest.mark.skipif(os.name == "nt", reason="mounts and signals of POSIX")
WRITE_FAILED = 4


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small office with its plan in ``first/`` and a month of changes."""
    folder = tmp_path_factory.mktemp("office")
    run(write_office(folder)).save(folder / "first")
    (folder / "changes.csv").write_text("事项,编号\n中心户退出,M010\n", encoding="utf-8")
    return folder


@pytest.fixture
def small_disk(office: Path, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own in memory, on which there is room for the files of a plan but not for two of each."""
    disk, size = tmp_path / "disk", sum(p.stat().st_size for p in (office / "first").iterdir())
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={int(1.3 * size)}", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here: that is root's")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def digests(folder: Path) -> dict[str, str]:
    """Give every file of a folder by its digest, hidden ones too."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_a_full_disk_leaves_the_old_files(office: Path, small_disk: Path) -> None:
    """It is told with exit code 4, nothing half-written stays; with more room the same command goes on."""
    out = small_disk / "out"
    shutil.copytree(office / "first", out)
    before = digests(out)
    words = ("rezone", out, "--project", office, "--changes", office / "changes.csv")
    said = planner(*words, "--out", out, "--replace")
    assert said.returncode == WRITE_FAILED, said.stdout + said.stderr
    assert "MB" in said.stderr
    assert digests(out) == before
    more = ["mount", "-o", "remount,size=100m", str(small_disk)]
    subprocess.run(more, check=True)
    done = planner(*words, "--out", out, "--replace")
    assert done.returncode == 0, done.stderr
    assert len(Plan.load(out).provenance["history"]) == 1
    assert not [p for p in out.iterdir() if p.name.startswith(TEMP_PREFIX)]


def test_two_writers_at_once(office: Path, tmp_path: Path) -> None:
    """One makes its plan, the other is told who is at work there; what stands is whole and of one of them."""
    out = tmp_path / "out"
    shutil.copytree(office / "first", out)
    before = plan_fingerprint(Plan.load(out))
    (office / "other.csv").write_text("事项,编号\n中心户退出,M140\n", encoding="utf-8")
    runs = [
        subprocess.Popen(
            command(
                "rezone", out, "--project", office, "--changes", sheet, "--out", out, "--replace"
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for sheet in (office / "changes.csv", office / "other.csv")
    ]
    said = [one.communicate(timeout=200)[1] for one in runs]
    codes = sorted(one.returncode for one in runs)
    # where the machine ran the one before the other, the second went on from what the first had made
    assert codes in ([0, WRITE_FAILED], [0, 0]), said
    plan = Plan.load(out)
    events = [e["id"] for entry in plan.provenance["history"] for e in entry["events"]]
    assert len(events) == codes.count(0)
    assert plan_fingerprint(plan.undo(len(events))) == before
    if WRITE_FAILED in codes:
        refused = said[[one.returncode for one in runs].index(WRITE_FAILED)]
        assert str(next(one.pid for one in runs if one.returncode == 0)) in refused


def command(*words: str | Path) -> list[str]:
    """Give a command as a program is begun with it."""
    return [sys.executable, "-m", "planner", "--lang", "en", *map(str, words)]


def planner(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(command(*words), capture_output=True, text=True, check=False, timeout=250)
