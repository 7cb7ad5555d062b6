"""On which piece of street people live: a problem whose streets do not hang together falls into parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.model.arrays import Bools, Ints
from planner.network import Network, Snaps

__all__ = ["SNAP_MAX_M", "Footing", "StreetPiece", "footing", "footing_of"]

SNAP_MAX_M = 250.0
"""Farther than this from any street a home has no walking path."""
# Homes on a piece without a centre join one that has, if it lies so near and on the same bank.
BESIDE_M = 100.0
LISTED = 5


@dataclass(frozen=True, slots=True)
class StreetPiece:
    """A piece of street that hangs together but not with the rest, and who lives on it.

    `share`: of all streets, 0 to 1.
    """

    length_m: float
    share: float
    households: int
    centres: int


@dataclass(frozen=True, eq=False)
class Footing:
    """Where people join the streets.

    `snaps`: in the order of the people.
    `pieces`: those on which somebody lives, the longest first; empty without streets.
    """

    snaps: Snaps
    pieces: tuple[StreetPiece, ...]
    findings: tuple[Finding, ...]


def footing(people: pd.DataFrame, network: Network, *, max_m: float | None = None) -> Footing:
    """Join people to the streets, each on a piece of street with a centre if one is near.

    `people`: ``lon, lat`` (degrees WGS-84), ``fence``, ``households`` (how many live there), ``centre``
    (bool).
    `max_m`: longest access leg.
    """
    snaps = network.snap(people["lon"].to_numpy(float), people["lat"].to_numpy(float), max_m=max_m)
    fence, _ = pd.factorize(people["fence"], sort=True)
    centre = people["centre"].to_numpy(bool)
    piece = network.pieces_of(snaps)
    # Fence by fence: a centre beyond the fence may not serve, so its piece of street is no help.
    for name in np.unique(fence):
        here = fence == name
        served = np.unique(piece[here & centre & (piece >= 0)])
        # Who lives behind a locked gate is not led round it.
        lost = np.flatnonzero(here & (piece >= 0) & ~np.isin(piece, [*served, *network.gated]))
        if len(served) and len(lost):
            snaps = network.rejoined(snaps, lost, served, BESIDE_M)
    homes = people["households"].to_numpy(np.int64)
    piece = network.pieces_of(snaps)
    return Footing(snaps, *_told(network, piece, homes, centre))


def footing_of(households: pd.DataFrame, members: pd.DataFrame, network: Network) -> Footing:
    """Foresee where located people join the streets, one row a spot.

    `households` and `members`: ``lon, lat`` (degrees WGS-84, NaN where not located) and ``fence``;
    members ``is_centre`` too, if their sheet is there.
    """
    columns = ["lon", "lat", "fence"]
    homes = households[columns].assign(households=1, centre=False)
    centre = members["is_centre"].to_numpy(bool) if "is_centre" in members else False
    people = members[columns].assign(households=0, centre=centre)
    every = pd.concat([homes, people], ignore_index=True)
    every = every[np.isfinite(every["lon"]) & np.isfinite(every["lat"])]
    spots = every.groupby(columns, sort=True).agg({"households": "sum", "centre": "max"})
    return footing(spots.reset_index(), network, max_m=SNAP_MAX_M)


def _told(
    network: Network, piece: Ints, homes: Ints, centre: Bools
) -> tuple[tuple[StreetPiece, ...], tuple[Finding, ...]]:
    on = piece >= 0
    if not on.any() or not network.pieces:
        return (), ()
    total = sum(p.length_m for p in network.pieces)
    used = [
        StreetPiece(
            length_m=round(network.pieces[k].length_m, 1),
            share=round(network.pieces[k].length_m / total, 4),
            households=int(homes[piece == k].sum()),
            centres=int(centre[piece == k].sum()),
        )
        for k in np.unique(piece[on]).tolist()
    ]
    lived = [p for p in used if p.households or p.centres]
    return tuple(lived), (_several(lived),) if len(lived) > 1 else ()


def _several(lived: list[StreetPiece]) -> Finding:
    first = sorted(lived, key=lambda p: -p.households)[:LISTED]
    told = "; ".join(
        f"{p.households} homes and {p.centres} centres on {p.length_m / 1000:,.1f} km "
        f"({100 * p.share:.0f} % of the streets)"
        for p in first
    )
    zh = "；".join(
        f"{p.length_m / 1000:,.1f}公里（占{100 * p.share:.0f}%）上有{p.households}户、{p.centres}个中心户"
        for p in first
    )
    if more := len(lived) - len(first):
        told, zh = f"{told}; {more} more", f"{zh}；另有{more}片"
    return Finding.of("street-pieces", n=len(lived), told=told, told_zh=zh)
