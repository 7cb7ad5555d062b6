"""Run the reconstruction attacks and count those that held: ``python -m tests.attack``."""

# ruff: noqa: T201 - a command

from __future__ import annotations

import argparse

import numpy as np

from planner.plan.compare import compared
from planner.privacy.attack import determined, page_sums
from planner.render.map.pair import compare_payload
from tests.attack import reconstruct
from tests.attack.test_hidden_counts import OLD, TERMS, page_of, towns
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables


def main() -> None:
    """Attack an older page, random towns, and pairs of plans."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=200)
    asked = parser.parse_args()
    n, sums = reconstruct.old_sums(OLD)
    hidden = [u for u, h in enumerate(OLD["units"]["homes"]) if h < 0]
    known = reconstruct.known_units(n, sums, hidden, reconstruct.old_prices(OLD))
    print(f"an older page, to show that the attack works: {len(known)} of {len(hidden)} come back")
    tried = open_ = 0
    for tables in towns(asked.towns):
        data, _ = page_of(tables)
        homes = tables.units["households"].to_numpy()
        size = np.bincount(data["units"]["block"])[data["units"]["block"]]
        hidden = np.flatnonzero((homes > 0) & ((size > 1) | (homes < TERMS.smallest))).tolist()
        tried += len(hidden)
        open_ += len(reconstruct.known_units(*reconstruct.page_sums(data), hidden))
    print(f"pages of {asked.towns} random towns: {tried} hidden counts attacked, {open_} open")
    before, tried, open_ = make_plan_tables(moved=False), 0, 0
    for count in range(1, 21):
        payload, heavy = compare_payload(compared(before, recut(before, movable(before, count))))
        sums_of = page_sums([(payload, heavy)])
        tried += len(sums_of.names)
        open_ += len(determined(sums_of, TERMS.smallest))
    print(f"20 pairs of plans: {tried} unknowns attacked, {open_} open")


if __name__ == "__main__":
    main()
