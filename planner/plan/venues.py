"""Venues of a plan: which is nearest to each unit, on foot, and when it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.demand.footing import SNAP_MAX_M
from planner.model.tables import PlanTables
from planner.network import Network, Snaps

__all__ = ["Venue", "nearest_venue", "venues_told"]


@dataclass(frozen=True, slots=True)
class Venue:
    """The venue that is nearest to a place.

    Parameters
    ----------
    name, hours : str
        As the office writes them; `hours` "" where nothing is stated.
    walk_m : float
        Metres on foot.
    """

    name: str
    hours: str
    walk_m: float

    @property
    def words(self) -> tuple[str, str]:
        """Name, walk and hours in a line: Chinese, English."""
        hours = f"，{self.hours}" if self.hours else "", f", {self.hours}" if self.hours else ""
        return (
            f"{self.name}，步行{self.walk_m:,.0f}米{hours[0]}",
            f"{self.name}, {self.walk_m:,.0f} m{hours[1]}",
        )


def venues_told(venues: pd.DataFrame, network: Network, snaps: Snaps) -> dict[str, Any]:
    """Find the venue that is nearest to each unit, for what a plan remembers.

    Parameters
    ----------
    venues : DataFrame
        ``name, hours, lon, lat``.
    snaps : Snaps
        Of the units.

    Returns
    -------
    dict
        Plain values: ``listed`` (of each ``name, hours, lon, lat``)``, of`` (position of each unit's, -1 for
        none)``, walk_m`` (None for none).
    """
    lon, lat = (venues[name].to_numpy(float) for name in ("lon", "lat"))
    seats = network.snap(lon, lat, max_m=SNAP_MAX_M)
    source, walk = network.nearest(seats, snaps)
    known = (source >= 0) & np.isfinite(walk)
    listed = venues.round({"lon": 6, "lat": 6}).to_dict("records")
    return {
        "listed": [{str(k): v for k, v in one.items()} for one in listed],
        "of": np.where(known, source, -1).astype(int).tolist(),
        "walk_m": [round(float(w), 1) if k else None for w, k in zip(walk, known, strict=True)],
    }


def nearest_venue(tables: PlanTables, unit_id: str) -> Venue | None:
    """Give the venue that is nearest to a unit; None where the plan knows of none."""
    told: Mapping[str, Any] = tables.provenance.get("venues") or {}
    units = tables.units["unit_id"].tolist()
    if not told or unit_id not in units:
        return None
    at = units.index(unit_id)
    which, walk = int(told["of"][at]), told["walk_m"][at]
    if which < 0 or walk is None:
        return None
    one = told["listed"][which]
    return Venue(str(one["name"]), str(one["hours"]), float(walk))
