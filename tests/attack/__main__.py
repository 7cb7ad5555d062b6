"""Attack the product by kind and say what held: ``python -m tests.attack``."""

# ruff: noqa: T201 - a command

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.attack.demos import demo_towns, open_demos
from tests.attack.groups import GROUPS, Group


def main() -> int:
    """Run every group; exit code 1 where an attack is open, or works on nothing at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="groups whose name holds this")
    parser.add_argument(
        "--no-demos", action="store_true", help="leave out the two demo towns, planned anew"
    )
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    groups = [
        *GROUPS,
        *([] if asked.no_demos else [Group("both demo towns", demo_towns, open_demos)]),
    ]
    tried = held = 0
    print(f"{'group':44} {'works on leaky':>14} {'tried':>6} {'held':>6} {'open':>5} {'s':>5}")
    for group in (g for g in groups if asked.only in g.name):
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            fell = [not ok for ok in group.works(Path(first))]
            found = list(group.attacks(Path(second)))
        tried, held = tried + len(found), held + sum(found)
        works = f"{sum(fell)} of {len(fell)}"
        seconds = time.perf_counter() - began
        print(
            f"{group.name:44} {works:>14} {len(found):>6} {sum(found):>6} "
            f"{len(found) - sum(found):>5} {seconds:>5.0f}",
            flush=True,
        )
        if not any(fell):
            print("  the attack works on nothing: that it was held says nothing")
            return 1
    print(f"{'all':44} {'':>14} {tried:>6} {held:>6} {tried - held:>5}")
    return int(held < tried)


if __name__ == "__main__":
    sys.exit(main())
