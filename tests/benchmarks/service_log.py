"""A service log of many rows: read, checked, kept and reported by `planner year`, in a process of its own.

    python -m tests.benchmarks.service_log [--rows 200000] [--xlsx] [--plan FOLDER] [--map] [--strict]

The plan is that of the made-up Chinese town; rows lie on its homes, over two years.  With --map the internal
map with the log door by door is made, too, and opened in Chromium: until it is drawn, and until the log is.
Exit code 1 with --strict where the command takes more than 20 s of processor or 1 GB, or the map 2 s.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.table import machine, show

KINDS = (
    "入户走访",
    "夜间巡查",
    "邻里纠纷调解",
    "志愿服务活动",
    "解决困难",
    "收集社情民意",
    "微心愿认领",
    "结对帮扶",
)
HEADS = ("日期", "类型", "户编号", "党员编号", "分钟", "参与群众", "是否解决")
MOST_S, MOST_GB, MOST_MAP_S = 20.0, 1.0, 2.0


def main() -> None:
    """Plan the town if need be, write a log, and report it."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=200_000)
    asked.add_argument("--xlsx", action="store_true", help="a workbook instead of a text")
    asked.add_argument("--plan", type=Path, help="a plan of the town that is there already")
    asked.add_argument("--map", action="store_true", help="open the map with the log in Chromium")
    asked.add_argument("--strict", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        plan = options.plan or folder / "town"
        if not (plan / "plan.gpkg").exists():
            subprocess.run(_planner("demo", "--town", "bagongshan", "--out", plan), check=True)
        log = folder / ("log.xlsx" if options.xlsx else "log.csv")
        _write(log, plan, options.rows)
        told: list[dict[str, object]] = []
        for what in ("first", "again", "kept"):
            files = [] if what == "kept" else [log]
            words = (
                *("year", plan, *files, "--from", "2025-01-01", "--out", folder / what, "--json"),
                *("--store", folder / "log.sqlite"),
            )
            began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            ran = subprocess.run(_planner(*words), capture_output=True, text=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            figures = json.loads(ran.stdout)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            told.append(
                {
                    "run": what,
                    "rows": figures["read"],
                    "new": figures["added"],
                    "processor s": round(used, 1),
                    "seconds": round(time.perf_counter() - began, 1),
                    "peak GB so far": round(after.ru_maxrss / 1e6, 2),
                    "visits": figures["figures"]["visit"],
                }
            )
        show(told)
        opened = _drawn(folder, plan, log) if options.map else {}
        if opened:
            show([opened])
        print(machine())
        if options.strict and sum(v for v in opened.values()) > MOST_MAP_S:
            sys.exit(1)
        worst = max(float(str(row["processor s"])) for row in told)
        if options.strict and (worst > MOST_S or float(str(told[-1]["peak GB so far"])) > MOST_GB):
            sys.exit(1)


def _planner(*words: object) -> list[str]:
    return [sys.executable, "-m", "planner", *map(str, words)]


def _drawn(folder: Path, plan: Path, log: Path) -> dict[str, float]:
    """Give the seconds until the internal map stands, and from the tick until its layer of the log does."""
    from playwright.sync_api import sync_playwright

    from tests.benchmarks.map_page import WATCH
    from tests.browser.conftest import ARGUMENTS, chromium, wait_until

    text = (plan / "input" / "planner.toml").read_text("utf-8")
    project = plan / "input" / "with_log.toml"
    project.write_text(text.replace('log = "log.xlsx"', f'log = "{log.as_posix()}"'), "utf-8")
    words = ("gaps", plan, "--project", project, "--out", folder / "gaps", "--map", "--seconds", 1)
    subprocess.run(_planner(*words), check=True, capture_output=True)
    (page_file,) = (folder / "gaps").glob("*.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_context(offline=True).new_page()
        page.add_init_script(WATCH)
        page.goto(page_file.as_uri())
        wait_until(page, "window.bench.ready > 0")
        ready = page.evaluate("window.bench.ready") / 1000
        drawn = page.evaluate(
            """() => new Promise((done) => {
              const began = performance.now();
              document.querySelector('input[data-care=careHeat]').click();
              requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
            })"""
        )
        browser.close()
    return {"map ready s": round(ready, 2), "log drawn s": round(drawn / 1000, 2)}


def _write(path: Path, plan: Path, count: int) -> None:
    from planner.api.plan import Plan

    made, rng = Plan.load(plan), np.random.default_rng(0)
    homes = made.households["household_id"].to_numpy(str)
    members = made.members["member_id"].to_numpy(str)
    day = np.datetime64("2024-01-01") + rng.integers(0, 731, count).astype("timedelta64[D]")
    kind = rng.choice(KINDS, count)
    many = np.where(kind == KINDS[3], rng.integers(5, 60, count).astype(str), "")
    solved = np.where(kind == KINDS[4], rng.choice(["已解决", "未解决"], count, p=[0.9, 0.1]), "")
    columns = (
        day.astype(str),
        kind,
        rng.choice(homes, count),
        rng.choice(members, count),
        rng.integers(5, 90, count).astype(str),
        many,
        solved,
    )
    rows = zip(*(c.tolist() for c in columns), strict=True)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEADS, *rows])
        return
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("记录")
        for at, row in enumerate([HEADS, *rows]):
            sheet.write_row(at, 0, row)


if __name__ == "__main__":
    main()
