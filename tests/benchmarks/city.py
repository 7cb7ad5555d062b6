"""A city planned by community: one process, two, and two workers of a cluster; the same plans each time.

    python -m tests.benchmarks.city EXTRACT.osm.pbf [EXTRACT ...] [--households 1000000] [--json FILE]

1,000,000 households are 31 districts and some 1,300 communities; other sizes keep the size of a community.
A district is a seeded tile of its own: the buildings of an extract are cut into compact communities, and
homes, members and central households are put into them.  Each district is a project; the batch divides it
into its communities and plans these.  Told are wall-clock, seconds of processor for 1,000 households, and the
most memory that a worker took, which starts a new process in each way of running.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from planner.api.batch.run import batch
from planner.api.batch.work import begin
from planner.api.plan import Plan
from planner.api.progress import Event
from tests.benchmarks.communities import Place
from tests.benchmarks.reference import Counts, write_district
from tests.benchmarks.table import machine, show

HOMES_A_COMMUNITY, COMMUNITIES_A_DISTRICT = 770, 42
WAYS = ("one", "two", "dask")
RULES = """[rules]
households_per_zone = { low = 45, high = 74 }
households_per_member = { low = 1, high = 25 }
"""


def main() -> None:
    """Plan a city in each way, print a row for each, and fail where two plans differ."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.out or Path(scratch)
        jobs = write_city(folder / "city", options)
        rows, plans = [], []
        for way in options.ways:
            rows.append(_run(way, jobs, folder, options))
            plans.append(digests(folder / way))
            print(rows[-1], flush=True)
    assert all(found == plans[0] for found in plans), "two ways of running gave different plans"
    show(rows)
    if options.json:
        told = {"ways": rows, "plans": len(plans[0]), "machine": machine()}
        options.json.write_text(json.dumps(told, indent=1), "utf-8")


def write_city(folder: Path, options: argparse.Namespace) -> list[Path]:
    """Write the projects of the districts; give them."""
    communities = max(round(options.households / HOMES_A_COMMUNITY), 1)
    districts = max(round(communities / COMMUNITIES_A_DISTRICT), 1)
    places: dict[Path, Place] = {}
    jobs = []
    for k in range(districts):
        homes, many = (
            total // districts + (k < total % districts)
            for total in (options.households, communities)
        )
        extract = options.extracts[k % len(options.extracts)]
        place = places.setdefault(extract, places.get(extract) or Place(extract))
        counts = Counts(homes, homes * 4 // 25, max(homes // 60, many), 0, many)
        names = [f"{k + 1:02d}区社区{i + 1:02d}" for i in range(many)]
        file = write_district(folder / f"{k + 1:02d}区", extract, names, k, counts, place)
        text = file.read_text("utf-8").replace("[rules]\n", RULES)
        search = f"[search]\nseconds = {options.seconds}\nadvice_seconds = 0\ngap = {options.gap}\n"
        file.write_text(text.replace("[search]\n", search), "utf-8")
        jobs.append(file)
    return jobs


def _run(way: str, jobs: list[Path], folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    from planner.api.batch.jobs import Job

    asked = [Job(file.parent.name, file, by_fence=True) for file in jobs]
    began, used = time.perf_counter(), _children_s()
    with EXECUTORS[way]() as executor:
        workers = 1 if way == "one" else 2
        report = batch(
            asked, folder / way, executor=executor, workers=workers, listener=_Listener(began)
        )
        # of processes that still run nothing is known but what they say themselves
        told = [f.result() for f in _everywhere(executor, workers)]
    spent = time.perf_counter() - began
    figures = report.figures()
    assert report.exit_code == 0, report.markdown()
    peaks = {pid: peak for pid, _, peak in told}
    cpu = sum({pid: used_s for pid, used_s, _ in told}.values()) if way == "dask" else 0.0
    cpu = cpu or _children_s() - used
    return {
        "way": way,
        "households": figures["households"],
        "communities": figures["done"],
        "wall s": round(spent, 1),
        "cpu s": round(cpu, 1),
        "cpu s of 1,000 homes": round(1000.0 * cpu / figures["households"], 2),
        "memory of a worker, GB": round(max(peaks.values()), 2),
        "gap %": round(100 * figures["gap"], 3),
        "worst gap %": round(100 * float(report.table()["gap"].max()), 3),
        "broken": figures["broken"],
    }


class _Listener:
    """Says now and then how far a batch is."""

    def __init__(self, began: float) -> None:
        self.began = self.said = began

    def __call__(self, event: Event) -> None:
        now = time.perf_counter()
        if now - self.said > 20.0:
            self.said = now
            print(f"{now - self.began:8.0f} s  {event.stage} {event.done:.0%}", flush=True)


def usage(pause_s: float) -> tuple[int, float, float]:
    """Give a worker's number, its seconds of processor, and the most memory that it took, GB.

    It pauses, so that each of several workers is asked.
    """
    time.sleep(pause_s)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return os.getpid(), own.ru_utime + own.ru_stime, own.ru_maxrss / 2**20


def _everywhere(executor: Executor, workers: int) -> list[Future[tuple[int, float, float]]]:
    return [executor.submit(usage, 0.5 + 1e-6 * k) for k in range(2 * workers)]


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _pool(workers: int) -> Iterator[Executor]:
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=fresh, initializer=begin) as pool:
        yield pool


@contextmanager
def _cluster() -> Iterator[Executor]:
    """A scheduler and two workers as programs of their own, over TCP on this machine."""
    from distributed import Client

    with tempfile.TemporaryDirectory() as scratch:
        address = Path(scratch) / "scheduler.json"
        asked = ["--scheduler-file", str(address), "--no-dashboard", "--host", "127.0.0.1"]
        dask = [sys.executable, "-m", "dask"]
        commands = [[*dask, "scheduler", "--port", "0", *asked]]
        commands += [[*dask, "worker", "--nthreads", "1", "--no-nanny", *asked]] * 2
        programs = [
            subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for c in commands
        ]
        try:
            until = time.monotonic() + 120
            while not address.exists() and time.monotonic() < until:
                time.sleep(0.1)
            with Client(json.loads(address.read_text("utf-8"))["address"]) as client:
                yield client.get_executor()
        finally:
            for program in reversed(programs):
                program.terminate()
                program.wait(60)


EXECUTORS: dict[str, Callable[[], Any]] = {
    "one": lambda: _pool(1),
    "two": lambda: _pool(2),
    "dask": _cluster,
}


def digests(folder: Path) -> dict[str, str]:
    """Digest what each community's plan assigns: zone and member of each home, walks to the bit."""

    def digest(path: Path) -> str:
        homes = Plan.load(path).households
        columns = ["household_id", "zone", "member_id", "walk_m"]
        told = homes[[c for c in columns if c in homes]].to_csv()
        return hashlib.sha256(told.encode()).hexdigest()

    paths = sorted(folder.glob("*/*/plan.gpkg"))
    with ThreadPoolExecutor(1) as one:
        found = list(one.map(digest, paths))
    return dict(zip((str(p.parent.relative_to(folder)) for p in paths), found, strict=True))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--seconds", type=float, default=60.0, help="for one community")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
