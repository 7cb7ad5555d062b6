"""Both demo towns, planned anew, their pages attacked; and the same pages with every count told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from planner.model.tables import PlanTables
from planner.plan.store import read_plan
from planner.privacy.attack import determined, page_sums
from planner.privacy.audience import Audience
from tests.attack import reconstruct
from tests.attack.test_hidden_counts import page_of
from tests.plan.test_compare import movable, recut

__all__ = ["demo_towns", "open_demos"]

TERMS = Audience.MEETING.terms
KEPT = "PLANNER_ATTACK_DEMOS"
"""Folder in which plans of the demo towns lie already; without it they are made."""


@cache
def _town(name: str, folder: Path) -> PlanTables:
    given = os.environ.get(KEPT)
    made = Path(given) / name if given else folder / name
    if not (made / "plan.gpkg").exists():
        command = [sys.executable, "-m", "planner", "demo", "--town", name, "--out", str(made)]
        subprocess.run(command, check=True, capture_output=True)
    return read_plan(made)


def _hidden(tables: PlanTables, block: list[int]) -> list[int]:
    homes, at = tables.units["households"].to_numpy(), np.array(block)
    size = np.bincount(at[at >= 0])[at]
    return np.flatnonzero((homes > 0) & ((size > 1) | (homes < TERMS.smallest))).tolist()


def demo_towns(folder: Path) -> Iterator[bool]:
    """Each hidden count of each unit of both towns, and of two months of each side by side."""
    for name in ("bagongshan", "helsinki"):
        tables = _town(name, folder)
        page = page_of(tables)
        hidden = _hidden(tables, page[0]["units"]["block"])
        wrong = set(determined(page_sums([page]), TERMS.smallest))
        yield from (("unit", u) not in wrong for u in hidden)
        yield not wrong  # nor a gap, a flow, a sum
        few = hidden[:: max(len(hidden) // 8, 1)]
        known = reconstruct.known_units(
            *reconstruct.page_sums(page[0]), few, empty=page[0]["meta"]["empty"]
        )
        yield from (u not in known for u in few)
        after = recut(tables, movable(tables, 8))
        wrong = set(determined(page_sums([page, page_of(after)]), TERMS.smallest))
        yield from (("unit", u) not in wrong for u in hidden)
        yield not wrong


def open_demos(folder: Path) -> Iterator[bool]:
    """The same with each block told as it is, one by one: single houses and pairs come back."""
    tables = _town("bagongshan", folder)
    data, _ = page_of(tables)
    homes = tables.units["households"].to_numpy()
    told = {**data, "units": {**data["units"], "block": list(range(len(homes)))}}
    told["blocks"] = {**data["blocks"], "homes": homes.tolist()}
    told["meta"] = {**data["meta"], "smallest": 1, "rounded": 1}
    known = reconstruct.known_units(*reconstruct.page_sums(told), list(range(6)))
    yield from (known.get(u) != homes[u] for u in range(6))
