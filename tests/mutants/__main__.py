"""Put faults into a module and say which of them its tests do not see: ``python -m tests.mutants FILE``.

Each file is named with its path, ``planner/plan/staffing.py``; without any, those are tried that
`MODULES` names.  Exit code 1 where less than nine in ten are seen.  What no test can see, and why, stands in
``equivalent.toml`` and does not count.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.faults import Fault, faults_of
from tests.mutants.trial import PROJECT, Warm, mirrored

MODULES: dict[str, tuple[str, ...]] = {
    "planner/api/site/candidates.py": (),
    "planner/api/site/proposal.py": (),
    "planner/api/site/quarters.py": (),
    "planner/demand/demand.py": (),
    "planner/demand/units.py": (),
    "planner/model/audit.py": (),
    "planner/model/certificate.py": (),
    "planner/model/ties.py": (),
    "planner/plan/build.py": (),
    "planner/plan/coverage.py": (),
    "planner/plan/staffing.py": (),
    "planner/privacy/gate.py": (),
    "planner/solve/rezone.py": (),
    "planner/solve/zones/contiguity.py": (),
}
"""What must be right, and which tests hold it beside those in the mirrored place."""
ENOUGH = 0.9


def main() -> int:
    """Try each module in a process of its own."""
    asked = _asked()
    if len(asked.modules) == 1:
        return _try(asked.modules[0], asked)
    failed = 0
    for name in asked.modules or MODULES:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            os._exit(_try(name, asked))
        failed |= os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return int(bool(failed))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="planner/plan/staffing.py")
    parser.add_argument("--count", type=int, default=120, help="faults tried in a module")
    parser.add_argument("--seed", type=int, default=0, help="which of them are drawn")
    parser.add_argument("--line", type=int, nargs="*", help="only the faults of these lines")
    parser.add_argument("--also", nargs="*", default=[], help="tests to run besides")
    parser.add_argument("--log", type=Path, help="keep what the last run of tests said")
    return parser.parse_args()


def _try(name: str, asked: argparse.Namespace) -> int:
    path = PROJECT / name
    faults = faults_of(path.read_text("utf-8"))
    drawn = _drawn(faults, asked)
    also = [PROJECT / t for t in (*MODULES.get(name, ()), *asked.also)]
    warm = Warm(path, [*mirrored(path), *also], asked.log)
    known = _equivalent(name)
    for text, _ in sorted(known - {(f.text, f.change) for f in faults}):
        print(f"  {name}: equivalent.toml names a line that is not there: {text}")
    began = time.perf_counter()
    survived, alike = [], 0
    for fault in drawn:
        if warm.run(fault.tree, asked.log):
            continue
        if (fault.text, fault.change) in known:
            alike += 1
            continue
        survived.append(fault)
        print(f"  {name}:{fault.line}: {fault.change}: {fault.text}", flush=True)
    counted = len(drawn) - alike
    killed = counted - len(survived)
    rate = killed / counted if counted else 1.0
    seconds = time.perf_counter() - began
    print(
        f"{name}: {killed} of {counted} faults seen, {rate:.0%} ({len(faults)} in all, "
        f"{alike} of those drawn change nothing; {seconds:.0f} s)",
        flush=True,
    )
    return int(rate < ENOUGH)


def _drawn(faults: Sequence[Fault], asked: argparse.Namespace) -> list[Fault]:
    if asked.line:
        return [f for f in faults if f.line in asked.line]
    at = random.Random(asked.seed).sample(range(len(faults)), min(asked.count, len(faults)))
    return [faults[i] for i in sorted(at)]


def _equivalent(name: str) -> set[tuple[str, str]]:
    """Give the faults of a module that change nothing: what stands there, and what is done to it."""
    told = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text("utf-8"))
    return {(row["text"], row["change"]) for row in told.get(name, [])}


if __name__ == "__main__":
    sys.exit(main())
