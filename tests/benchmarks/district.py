"""A district-size run on any extract: sheets in, files out, the whole pipeline measured.

    python -m tests.benchmarks.district EXTRACT.osm.pbf [--json FILE]

A synthetic register is made on the extract's own addresses (on its buildings, by lon/lat, where it has
hardly any), written as workbooks, and planned from those files as anyone's would be.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import tempfile
import time
from pathlib import Path

from planner.api.demo import Size, write_office
from planner.api.progress import Event
from planner.api.zone import run
from planner.model.project import Project


def main() -> None:
    """Run, print the figures, and fail when a household was lost."""
    options = _options()
    size = Size(
        options.buildings or options.households,
        options.households,
        options.members,
        options.centres,
    )
    rules = (
        f"members_per_zone = {{ low = 5, high = 10 }}\nhouseholds_per_member = {{ low = 1, high = 25 }}\n"
        f"households_per_zone = {{ low = {options.low}, high = {options.high} }}"
    )
    with tempfile.TemporaryDirectory() as scratch:
        project = write_office(
            Path(scratch) / "input", options.extract, size, title=options.extract.name, rules=rules
        )
        began = time.perf_counter()
        curve: list[tuple[float, str]] = []

        def say(event: Event) -> None:
            print(
                f"{time.perf_counter() - began:7.1f} s  {event.stage} {100 * event.done:.0f} % "
                f"{event.detail}",
                flush=True,
            )
            if event.detail.startswith("within ") and (not curve or curve[-1][1] != event.detail):
                curve.append((round(time.perf_counter() - began, 1), event.detail[7:]))

        plan = run(Project.read(project), allow_missing_centres=True, listener=say)
        written = plan.save(options.out or Path(scratch) / "out")
        wall = time.perf_counter() - began
        figures = dict(plan.summary())
        figures["wall_s"] = round(wall, 1)
        figures["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
        figures["gap_against_wall_s"] = curve
        figures["machine"] = f"{platform.machine()}, {platform.system()}"
        figures["bytes"] = {path.name: path.stat().st_size for path in written.values()}
    served = int((plan.households["zone"] != "").sum())
    listed = int(((plan.households["zone"] == "") & (plan.households["gap"] != "")).sum())
    text = json.dumps(figures, ensure_ascii=False, indent=1, default=str)
    print(text)
    if options.json:
        options.json.write_text(text, "utf-8")
    assert served + listed == len(plan.households), (
        "a household is neither served nor listed as a gap"
    )
    assert figures["zones_connected"], "a zone is not connected"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--households", type=int, default=32_000)
    parser.add_argument(
        "--buildings", type=int, default=None, help="as many as households if absent"
    )
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--centres", type=int, default=540)
    parser.add_argument("--low", type=int, default=45, help="households a zone, at least")
    parser.add_argument("--high", type=int, default=74, help="households a zone, at most")
    parser.add_argument("--out", type=Path, help="keep the results here")
    parser.add_argument("--json", type=Path, help="write the figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
