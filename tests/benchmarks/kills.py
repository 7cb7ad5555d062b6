"""Commands killed at random moments: the old file or the new one, never neither, never a stale lock.

    python -m tests.benchmarks.kills [--moments N] [--only COMMAND] [--seed N] [--json FILE]

Each command works on a plan of 216 synthetic homes and replaces what stands in its folder.  It runs in a
process of its own that is killed (SIGKILL): half of the moments are spread over the whole run, half over the
time in which its files are written.  Then the files that stand must be whole, each the old one or the new
one, the plan must load, and another run must be able to take the folder and write at once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from planner.api.plan import Plan
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.cli import app
from planner.files import LOCK_NAME, TEMP_PREFIX, held, write_files
from planner.plan.provenance import plan_fingerprint
from tests.api.rezone.office import write_office

LONGEST_S = 120.0
STEP_S = 0.001


@dataclass(frozen=True)
class Verb:
    """A command, and the folder that it writes to, in the office's folder."""

    name: str
    words: tuple[str, ...]
    folder: str
    starts_from: str


@dataclass(eq=False)
class Office:
    """A folder with a project and its plans, and every command on them."""

    folder: Path
    verbs: list[Verb] = field(default_factory=list)

    def __post_init__(self) -> None:
        project = write_office(self.folder)
        plan = run(project)
        plan.save(self.folder / "first")
        (self.folder / "changes.csv").write_text("事项,编号\n中心户退出,M010\n", encoding="utf-8")
        rezone(plan, project, Changed(self.folder / "changes.csv")).save(self.folder / "second")
        self._edit(plan)
        text = (self.folder / "planner.toml").read_text("utf-8")
        other = text.replace("high = 60", "high = 75").replace("low = 12", "low = 20")
        (self.folder / "other.toml").write_text(other, "utf-8")
        Plan.load(self.folder / "first").map().save(self.folder / "maps" / "map.html")
        new = ("--out", "out", "--replace")
        self.verbs = [
            Verb("zone", ("zone", "other.toml", *new), "out", "first"),
            Verb(
                "rezone",
                ("rezone", "out", "--project", ".", "--changes", "changes.csv", *new),
                "out",
                "first",
            ),
            Verb("apply", ("apply", "out", "edits.json", *new), "out", "first"),
            Verb("undo", ("undo", "out", *new), "out", "second"),
            Verb("map", ("map", "second", "--out", "out/map.html", "--force"), "out", "maps"),
            Verb("fill", ("fill", "second", ".", *new), "out", ""),
            Verb("check", ("check", "planner.toml", "--out", "out"), "out", ""),
        ]

    def _edit(self, plan: Plan) -> None:
        """Lay out what a meeting changed: a building goes to its neighbours."""
        units, problem = plan.units, plan.problem
        ids = plan.centres["centre_id"].to_numpy(object)
        for unit, centre in zip(problem.pair_unit, problem.pair_centre, strict=True):
            was, to = units["zone"].iloc[unit], ids[centre]
            if unit in problem.home or was == to:
                continue
            move = {"unit": units["unit_id"].iloc[unit], "from": was, "to": to}
            told = {
                "format": "planner-changes-1",
                "plan": plan_fingerprint(plan),
                "created": "2026-05-18T09:30:00Z",
                "moves": [move],
                "locks": [],
                "notes": [],
            }
            (self.folder / "edits.json").write_text(json.dumps(told), "utf-8")
            with suppress(Exception):
                plan.apply(self.folder / "edits.json")
                return
        raise AssertionError("no building can be given to a neighbour")

    def ready(self, verb: Verb) -> Path:
        """Lay the folder out as it stands before the command."""
        out = self.folder / verb.folder
        shutil.rmtree(out, ignore_errors=True)
        if verb.starts_from:
            shutil.copytree(self.folder / verb.starts_from, out)
        return out


def started(office: Office, verb: Verb) -> int:
    """Begin a command in a process of its own; what is imported already need not be again."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.chdir(office.folder)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        code = app(list(verb.words), standalone_mode=False) or 0
    finally:
        os._exit(code if isinstance(code, int) else 1)


def ended(child: int, until: float) -> bool:
    """Wait for a process until a moment; give whether it has ended.

    Raises `RuntimeError`: it ended by itself, and not well: what it left would say nothing of a kill.
    """
    while time.monotonic() < until:
        found, status = os.waitpid(child, os.WNOHANG)
        if found and status:
            raise RuntimeError(f"a command failed by itself: {status}")
        if found:
            return True
        time.sleep(STEP_S)
    return False


def read(path: Path) -> str:
    """Read a file to its end, by its kind, and give what it is: of a plan its fingerprint, else a digest.

    Raises whatever its reader does where the file is torn.
    """
    data = path.read_bytes()
    if path.suffix == ".gpkg":
        # the same plan has other bytes on another day
        return plan_fingerprint(Plan.load(path))
    if path.suffix == ".xlsx":
        openpyxl.load_workbook(path, read_only=True).close()
    elif path.suffix == ".json":
        json.loads(data)
    elif path.suffix == ".html" and not data.rstrip().endswith(b"</html>"):
        raise ValueError("a page without an end")
    # these tell how long the run took, so that no two are alike
    return "whole" if path.name.startswith("summary") else hashlib.sha256(data).hexdigest()


def state(folder: Path) -> dict[str, str]:
    """Give what stands in a folder; locks and strays are in nobody's way."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return {p.name: read(p) for p in paths if not p.name.startswith((TEMP_PREFIX, LOCK_NAME))}


@dataclass(eq=False)
class Trial:
    """One command, what it makes when it is let be, and what became of it when it was not."""

    office: Office
    verb: Verb
    chance: random.Random

    def __post_init__(self) -> None:
        out = self.office.ready(self.verb)
        self.old = state(out)
        begun = time.monotonic()
        child = started(self.office, self.verb)
        self.writing = self._writes(child, out)
        assert ended(child, begun + LONGEST_S), f"{self.verb.name} did not end"
        self.seconds = time.monotonic() - begun
        self.tail = time.monotonic() - self.writing
        self.new = state(out)
        assert self.new, f"{self.verb.name} wrote nothing"
        assert self.new != self.old, f"{self.verb.name} changed nothing"

    @staticmethod
    def _writes(child: int, out: Path) -> float:
        """Wait until the first file is begun; give when."""
        until = time.monotonic() + LONGEST_S
        while time.monotonic() < until and not list(out.glob(f"{TEMP_PREFIX}*-*.*")):
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            time.sleep(STEP_S)
        return time.monotonic()

    def kills(self, moments: int) -> Iterator[str]:
        """Kill it at so many moments; give what was found each time; a run that ends before is none."""
        number = 0
        while number < moments:
            out = self.office.ready(self.verb)
            begun = time.monotonic()
            child = started(self.office, self.verb)
            if number % 2:
                begun = self._writes(child, out)
                until = begun + self.chance.random() * self.tail
            else:
                until = begun + self.chance.random() * self.seconds
            if ended(child, until):
                # it was quicker than the first time, and was not killed
                took = time.monotonic() - begun
                if number % 2:
                    self.tail = min(self.tail, took)
                else:
                    self.seconds = min(self.seconds, took)
                continue
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            number += 1
            yield self.verdict(out)

    def verdict(self, out: Path) -> str:
        """Hold what stands against old and new, then let another run in."""
        try:
            found = state(out)
        except Exception as torn:  # noqa: BLE001 - whatever a torn file makes a reader do is what is counted
            return f"torn: {type(torn).__name__}"
        if not found.keys() >= self.old.keys():
            return "lost"
        if not all(v in (self.old.get(n), self.new.get(n)) for n, v in found.items()):
            return "another"
        try:
            with held(out):
                write_files(out, {"after.svg": b"next"})
        except Exception as stale:  # noqa: BLE001 - the same
            return f"locked: {type(stale).__name__}"
        if [p for p in out.iterdir() if p.name.startswith((TEMP_PREFIX, LOCK_NAME))]:
            return "strays"
        return "old" if found == self.old else "new" if found == self.new else "between"


def counted(
    office: Office, moments: int, seed: int, only: Sequence[str], tell: Callable[[str], None]
) -> dict[str, Counter[str]]:
    """Kill each command at so many moments; give the counts by command."""
    found: dict[str, Counter[str]] = {}
    for verb in office.verbs:
        if only and verb.name not in only:
            continue
        trial = Trial(office, verb, random.Random(f"{seed} {verb.name}"))
        found[verb.name] = Counter(trial.kills(moments))
        tell(f"{verb.name}: {trial.seconds:.1f} s a run, {dict(found[verb.name])}")
    return found


GOOD = ("old", "new", "between")
"""Between: every file is whole, and some have been replaced already."""


def main() -> int:
    """Print a row a command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--moments", type=int, default=200, help="kills of each command")
    parser.add_argument("--only", nargs="*", default=(), help="names of commands")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the counts here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        found = counted(
            office, asked.moments, asked.seed, asked.only, lambda t: print(t, file=sys.stderr)
        )
    print("| command | killed | all old | all new | some of each | torn, lost, locked |")
    print("|---|---|---|---|---|---|")
    bad = 0
    for name, counts in found.items():
        worse = counts.total() - sum(counts[n] for n in GOOD)
        bad += worse
        shown = " | ".join(str(counts[n]) for n in GOOD)
        print(f"| {name} | {counts.total()} | {shown} | {worse} |")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1), "utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
