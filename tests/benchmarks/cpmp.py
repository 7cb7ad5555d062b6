"""Published instances of the capacitated p-median problem, each solved once beside its best known value.

    python -m tests.benchmarks.cpmp FOLDER [--limit 60] [--processor] [--gap 0] [--seed 0]
                                    [--only NAME ...] [--json FILE] [--keep FOLDER]

The folder holds the instances and ``best_known.csv`` (file, points, medians, capacity,
best_known_total_distance).  A file is ``points medians``, then x, y, capacity and demand of each point;
files of several problems in a row (OR-Library: a number and a best value before each) are told apart by
``NAME#2`` in the list.  Distances are Euclidean and not rounded; a median is one of the points and serves
itself; what is counted is distance, whatever the demand.  A line tells file, points, medians, best known
cost, cost, how far above the best known, bound, gap (what is not proven), seconds by the clock and of
processor around the search, after the compiled code is loaded.  A better solution than the best known
is written to ``--keep`` (beside the report, or in ``out/``, by default), one line a point: its own number and
that of its median, from 1.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from planner.solve.sites import Answer, Sites, solve
from planner.solve.stop import Stop

LISTING = "best_known.csv"
BETTER = 1e-6
CHECKED = 1e-6


class InstanceError(Exception):
    """What is wrong with a file, for whoever runs the benchmark."""


@dataclass(frozen=True)
class Row:
    """One line of the report; what is not known is null.

    Parameters
    ----------
    file : str
    points, medians : int
    best_known : float or None
    cost : float or None
        Distance to the medians, summed; null if no answer keeps the capacities.
    feasible : bool
    seconds, processor_seconds : float
        By the clock, and of processor: on a busy machine they differ.
    bound : float or None
        Proven lower bound of the cost.
    excess_percent : float or None
        Cost above the best known one.
    gap_percent : float or None
        What is not proven: cost above the bound, as a share of the cost.
    over_capacity : float
        Demand over the capacities of the answer, all medians together.
    problem : str
        Why it was not solved; empty otherwise.
    """

    file: str
    points: int = 0
    medians: int = 0
    best_known: float | None = None
    cost: float | None = None
    feasible: bool = False
    seconds: float = 0.0
    processor_seconds: float = 0.0
    bound: float | None = None
    excess_percent: float | None = None
    gap_percent: float | None = None
    over_capacity: float = 0.0
    problem: str = ""


def read_instance(path: Path, number: int = 1) -> Sites:
    """Read one instance.

    Parameters
    ----------
    path : Path
    number : int
        Which problem of a file of several, from 1.

    Returns
    -------
    Sites

    Raises
    ------
    InstanceError
        The file is missing or is not such a file.
    """
    try:
        words = path.read_text("utf-8-sig", errors="replace").replace(",", " ").split()
        values = np.array(words, float)
    except OSError as error:
        raise InstanceError(f"{path.name}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise InstanceError(f"{path.name}: not only numbers ({error})") from None
    return _problem(_sections(values, path.name), number, path.name)


def _sections(values: np.ndarray, name: str) -> list[np.ndarray]:
    """Cut a file into problems: each its own array, beginning with points and medians."""
    if len(values) >= 2 and len(values) == 2 + 4 * int(values[0]):
        return [values]
    found = _library(values)
    if found:
        return found
    if len(values) >= 2 and 0 < len(values) - 2 - 4 * int(values[0]) <= 4 and values[0] >= 1:
        return [values[: 2 + 4 * int(values[0])]]
    raise InstanceError(
        f"{name}: {len(values)} numbers are not points, medians and four numbers for each point"
    )


def _library(values: np.ndarray) -> list[np.ndarray]:
    """Read OR-Library's form: problems; then number, best value, points, medians, capacity, x y demand."""
    for first in (0, 1):
        at, found = first, []
        while at + 5 <= len(values):
            n, p, capacity = int(values[at + 2]), values[at + 3], values[at + 4]
            rest = values[at + 5 : at + 5 + 4 * n]
            if n < 1 or not 1 <= p <= n or len(rest) < 4 * n:
                break
            x, y, q = rest.reshape(n, 4)[:, 1], rest.reshape(n, 4)[:, 2], rest.reshape(n, 4)[:, 3]
            each = np.column_stack([x, y, np.full(n, capacity), q]).ravel()
            found.append(np.concatenate([[n, p], each]))
            at += 5 + 4 * n
        if found and at == len(values):
            return found
    return []


def _problem(sections: list[np.ndarray], number: int, name: str) -> Sites:
    if not 1 <= number <= len(sections):
        raise InstanceError(f"{name}: has {len(sections)} problems, none with the number {number}")
    values = sections[number - 1]
    n, p = int(values[0]), int(values[1])
    x, y, capacity, demand = values[2:].reshape(n, 4).T
    apart = np.hypot(x[:, None] - x[None], y[:, None] - y[None])
    try:
        return Sites(apart, demand, capacity, np.arange(n), p)
    except ValueError as error:
        raise InstanceError(f"{name}: {error}") from None


def listed(folder: Path) -> list[tuple[str, float | None]]:
    """Names of the instances in the list, and best known values where they are numbers above 0.

    Raises
    ------
    InstanceError
        There is no list, or it has no column of files.
    """
    path = folder / LISTING
    if not path.is_file():
        raise InstanceError(f"{folder}: there is no {LISTING}")
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), skipinitialspace=True))
    if not rows or "file" not in rows[0]:
        raise InstanceError(f"{path.name}: no column `file`, or no rows")
    found = []
    for row in rows:
        if name := (row["file"] or "").strip():
            found.append((name, _number(row.get("best_known_total_distance"))))
    return found


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").strip())
    except ValueError:
        return None
    return value if np.isfinite(value) and value > 0 else None


def total_distance(answer: Answer) -> float:
    """Distance from each point to its median, summed again from the matrix; checks the answer too.

    Raises
    ------
    AssertionError
        The answer is not what it says.
    """
    one, serves = answer.sites, answer.serves
    medians = np.unique(serves)
    assert len(medians) == one.count
    assert (serves[medians] == medians).all()
    load = np.bincount(serves, one.demand, minlength=one.n_units)
    over = np.maximum(load - one.capacity, 0)[medians].sum()
    assert (over <= CHECKED) == (answer.excess <= CHECKED)
    return float(sum(one.cost[i, serves[i]] for i in range(one.n_units)))


def run_one(folder: Path, name: str, best: float | None, args: argparse.Namespace) -> Row:
    """Solve one instance of the list."""
    file, _, number = name.partition("#")
    try:
        sites = read_instance(folder / file, int(number or 1))
    except InstanceError as error:
        return Row(name, best_known=best, problem=str(error))
    began, processor = time.perf_counter(), time.process_time()
    # On a busy machine seconds by the clock say little of what a search is worth.
    counted = time.process_time if args.processor else time.perf_counter
    with patch.object(time, "perf_counter", counted):
        answer = solve(sites, stop=Stop(args.gap, args.limit), seed=args.seed)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    cost = total_distance(answer)
    feasible = bool(answer.feasible)
    if feasible and best is not None and cost < best * (1 - BETTER):
        _keep(answer, name, args.keep)
    bound = round(answer.bound_m, 4) if np.isfinite(answer.bound_m) else None
    return Row(
        name, sites.n_units, sites.count, best, round(cost, 4) if feasible else None, feasible,
        round(seconds, 2), round(processor, 2), bound,
        round(100 * (cost / best - 1), 4) if feasible and best else None,
        round(100 * answer.gap, 4) if np.isfinite(answer.gap) else None, round(answer.excess, 6),
        "" if best else f"no best known value in {LISTING}",
    )  # fmt: skip


def _keep(answer: Answer, name: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{i + 1} {j + 1}\n" for i, j in enumerate(answer.serves)]
    (folder / f"{name.replace('#', '_')}.solution").write_text("".join(lines), "utf-8")


def _warm() -> None:
    """Load or compile what is compiled, outside the measured time."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 100, (48, 2))
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    sites = Sites(apart, np.ones(48), np.full(48, 20.0), np.arange(48), 3)
    solve(sites, stop=Stop(0.0, 2.0), cycles=2)


def _print(row: Row) -> None:
    if row.cost is None:
        told = row.problem or f"not feasible: {row.over_capacity:g} over the capacities"
        print(f"{row.file:24} {told}", flush=True)
        return
    known = "-" if row.best_known is None else f"{row.best_known:.4f}"
    above = "-" if row.excess_percent is None else f"{row.excess_percent:+.4f} %"
    bound = "-" if row.bound is None else f"{row.bound:.4f}"
    print(
        f"{row.file:24}{row.points:6}{row.medians:6}{known:>16}{row.cost:16.4f}{above:>12}"
        f"{bound:>16}{row.gap_percent or 0.0:9.4f} %{row.seconds:8.1f} s{row.processor_seconds:8.1f} s",
        flush=True,
    )


def main(argv: list[str] | None = None) -> int:
    """Run every instance in the list of a folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--processor", action="store_true", help="the limit is one of processor")
    parser.add_argument("--gap", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    args = parser.parse_args(argv)
    args.keep = args.keep or (args.json.parent if args.json else Path("out")) / "cpmp_better"
    try:
        names = listed(args.folder)
    except InstanceError as error:
        print(error, file=sys.stderr)
        return 2
    _warm()
    rows = []
    for name, best in names:
        if args.only and not any(part in name for part in args.only):
            continue
        rows.append(run_one(args.folder, name, best, args))
        _print(rows[-1])
        if args.json:
            args.json.write_text(json.dumps([asdict(r) for r in rows], indent=1), "utf-8")
    above = [r.excess_percent for r in rows if r.excess_percent is not None]
    if above:
        print(
            f"mean excess {np.mean(above):+.4f} % over {len(above)} instances, at most {max(above):+.4f} %"
        )
    return 0 if all(r.feasible for r in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
