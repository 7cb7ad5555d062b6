"""Long searches that are ended for real: by Ctrl-C, by SIGTERM, by SIGKILL; and gone on with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner.api.checkpoint import CHECKPOINT
from planner.api.demo import write_demo
from planner.api.plan import Plan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
LONGEST_S = 90.0
INTERRUPTED = 6


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's office, zones held to nearly one size: no search proves that within a minute."""
    folder = tmp_path_factory.mktemp("office")
    project = write_demo(folder)
    text = project.read_text("utf-8")
    text = text.replace("gap = 0.005", "gap = 0.0")
    text = text.replace("seconds = 300", "seconds = 600\nadvice_seconds = 0")
    text = text.replace("[rules]\n", "[rules]\nhouseholds_per_zone = { low = 88, high = 93 }\n")
    project.write_text(text, "utf-8")
    assert "gap = 0.0\n" in text
    assert "seconds = 600" in text
    assert "low = 88" in text
    return project


def begun(*words: str | Path, kept: Path) -> subprocess.Popen[str]:
    """Start a command, and wait until its search has kept a plan."""
    was = kept.stat().st_mtime_ns if kept.exists() else 0
    command = [sys.executable, "-m", "planner", "--lang", "en", *map(str, words)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + LONGEST_S
    while run.poll() is None and time.monotonic() < until:
        if kept.exists() and kept.stat().st_mtime_ns != was:
            return run
        time.sleep(0.05)
    run.kill()
    raise AssertionError(f"nothing was kept: {run.communicate()}")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_leaves_its_best_plan(
    office: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    """Whole files, a gap that holds, exit code 6; what was kept may be gone on from."""
    out = tmp_path / "out"
    run = begun("zone", office, "--out", out, kept=out / CHECKPOINT)
    run.send_signal(sign)
    _, said = run.communicate(timeout=LONGEST_S)
    assert run.returncode == INTERRUPTED, said
    assert "--resume" in said
    plan = Plan.load(out)
    assert plan.provenance["stopped"] == "interrupt"
    assert 0 < plan.certificate.optimality_gap < 0.1
    assert plan.verify(seconds=30).differs == ()
    assert (out / CHECKPOINT).stat().st_mode & 0o777 == 0o600
    assert {p.name for p in out.iterdir() if p.name.startswith(".")} == set()


def test_a_run_that_was_killed_is_gone_on_with(office: Path, tmp_path: Path) -> None:
    """SIGKILL leaves what was kept, and no lock; the next run begins with that plan, and ends better."""
    out = tmp_path / "out"
    run = begun("zone", office, "--out", out, kept=out / CHECKPOINT)
    run.kill()
    run.communicate()
    kept = json.loads((out / CHECKPOINT).read_text("utf-8"))
    assert not (out / "plan.gpkg").exists()
    # what a machine has that lost its power: the same folder, some time later
    other = tmp_path / "other"
    shutil.copytree(out, other)
    text = office.read_text("utf-8")
    seeded = office.with_name("seeded.toml")
    seeded.write_text(text.replace("seed = 0", "seed = 7"), "utf-8")
    refused = planner("zone", seeded, "--out", other, "--resume")
    assert refused.returncode == 2
    assert "seed" in refused.stderr
    # whoever has waited enough asks for less; that is the same search
    short = office.with_name("short.toml")
    short.write_text(text.replace("gap = 0.0\n", "gap = 0.04\n"), "utf-8")
    done = planner("zone", short, "--out", other, "--resume")
    assert done.returncode == 0, done.stderr
    plan = Plan.load(other)
    assert plan.certificate.value_m <= kept["value_m"] + 1e-6
    assert plan.provenance["stopped"] == "gap"
    assert not (other / CHECKPOINT).exists()


def test_a_rezoning_is_ended_and_gone_on_with(office: Path, tmp_path: Path) -> None:
    """The same for a month of changes: another month than the one that was begun is refused."""
    first, out = tmp_path / "first", tmp_path / "out"
    quick = office.with_name("quick.toml")
    quick.write_text(office.read_text("utf-8").replace("gap = 0.0\n", "gap = 0.04\n"), "utf-8")
    assert planner("zone", quick, "--out", first).returncode == 0
    plan = Plan.load(first)
    centre, other = plan.centres["centre_id"].iloc[0], plan.centres["centre_id"].iloc[1]
    changes = tmp_path / "changes.csv"
    changes.write_text(f"事项,编号\n中心户退出,{centre}\n", "utf-8")
    words = ("rezone", first, "--project", office, "--changes", changes, "--price", "0")
    run = begun(*words, "--out", out, kept=out / CHECKPOINT)
    run.send_signal(signal.SIGTERM)
    _, said = run.communicate(timeout=LONGEST_S)
    assert run.returncode == INTERRUPTED, said
    ended = Plan.load(out)
    assert centre not in set(ended.centres["centre_id"])
    again = (*words[:3], quick, *words[4:], "--out", out, "--replace", "--resume")
    changes.write_text(f"事项,编号\n中心户退出,{other}\n", "utf-8")
    refused = planner(*again)
    assert refused.returncode == 2
    changes.write_text(f"事项,编号\n中心户退出,{centre}\n", "utf-8")
    done = planner(*again)
    assert done.returncode == 0, done.stderr
    assert Plan.load(out).certificate.value_m <= ended.certificate.value_m + 1e-6
    assert not (out / CHECKPOINT).exists()


def planner(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "planner", "--lang", "en", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
