"""The public page of a district in a browser: first picture, and how long the page does not answer.

    python -m tests.benchmarks.public_page --plan out/plan.gpkg [--runs 5] [--strict]
    nox -s chromium90 -- -m tests.benchmarks.public_page --plan out/plan.gpkg

The second measures in Chromium 90, the oldest browser that is promised.  A plan of 35,000 homes is kept by
`python -m tests.benchmarks.map_page EXTRACT.osm.pbf --keep FOLDER`.  Blocking time is that of the field: of
each task of the page after its first paint, what it takes beyond 50 ms.  No network, no graphics card; the
browser's own clock.  Exit code 1 where a figure is missed, with --strict.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.table import show
from tests.browser.conftest import ARGUMENTS, chromium

WATCH = """
window.bench = { tasks: [], ready: 0 };
const note = (one) => window.bench.tasks.push([one.startTime, one.duration]);
new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({ type: 'longtask', buffered: true });
const told = new MutationObserver(() => {
  if (!document.documentElement.hasAttribute('data-ready')) return;
  told.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.bench.ready = performance.now(); }));
});
told.observe(document, { subtree: true, attributes: true, attributeFilter: ['data-ready'] });
"""
FIGURES: dict[str, tuple[float, str]] = {
    "file": (4.0, "MB"),
    "first paint": (2000.0, "ms"),
    "first picture": (2000.0, "ms"),
    "longest task": (0.0, "ms"),
    "blocking time": (150.0, "ms"),
}
"""What is measured and the figure to hold; 0: none is set."""
QUIET_MS = 3000.0  # after the picture: whatever the page put off has been done by then


def main() -> None:
    """Write the page if need be, open it, print the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        path = options.page or _written(options.plan, Path(scratch))
        found, version = _measured(path, options.runs)
    best = {name: median(one[name] for one in found) for name in FIGURES}
    rows = [
        {
            "what": name,
            "measured": f"{best[name]:.3g} {unit}" if unit == "MB" else f"{best[name]:.0f} {unit}",
            "figure": f"at most {limit:g} {unit}" if limit else "",
            "holds": "" if not limit else "yes" if best[name] <= limit else "no",
        }
        for name, (limit, unit) in FIGURES.items()
    ]
    show(rows, title=f"Chromium {version}, the middle of {options.runs} runs")
    if options.strict and any(row["holds"] == "no" for row in rows):
        sys.exit(1)


def _written(plan: Path, folder: Path) -> Path:
    from planner.api.plan import Plan

    return Plan.load(plan).map(audience="public").save(folder / "public.html")


def _measured(path: Path, runs: int) -> tuple[list[dict[str, float]], str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        # a browser for each run: nothing that one has compiled is there for the next
        found = []
        for _ in range(runs):
            browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            version = browser.version
            found.append(_run(browser, path))
            browser.close()
    return found, version


def _run(browser: Any, path: Path) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-ready]", timeout=120_000)
    page.wait_for_timeout(QUIET_MS)
    painted = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)[0]"
    )
    told = page.evaluate("window.bench")
    after = [length for start, length in told["tasks"] if start + length > painted]
    return {
        "file": path.stat().st_size / 1e6,
        "first paint": painted,
        "first picture": told["ready"],
        "longest task": max((length for _, length in told["tasks"]), default=0.0),
        "blocking time": sum(length - 50.0 for length in after),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--plan", type=Path, help="a saved plan")
    parser.add_argument("--page", type=Path, help="its public page, if that is written already")
    parser.add_argument("--runs", type=int, default=5, help="the middle one is told")
    parser.add_argument(
        "--strict", action="store_true", help="exit code 1 where a figure is missed"
    )
    options = parser.parse_args()
    if not options.plan and not options.page:
        parser.error("give --plan or --page")
    return options


if __name__ == "__main__":
    main()
