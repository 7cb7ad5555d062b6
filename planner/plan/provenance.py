"""What a plan says of where it comes from: files, versions, seconds, memory."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

from planner.demand.ground import Ground
from planner.model.tables import PlanTables

__all__ = ["stamped"]


def stamped(
    tables: PlanTables,
    ground: Ground,
    *,
    title: str,
    seed: int,
    sources: Sequence[tuple[str, str]],
    synthetic: bool,
    seconds: Mapping[str, float],
    previous: str | None,
) -> PlanTables:
    """Add to a plan where it comes from.

    Parameters
    ----------
    tables : PlanTables
        The plan.
    ground : Ground
        What was walked on.
    title : str
        Heading.
    seed : int
        Of the search.
    sources : sequence of (str, str)
        Bare name and SHA-256 of each file of people.
    synthetic : bool
        Whether the people are made up.
    seconds : mapping of str to float
        Time of each stage.
    previous : str or None
        Fingerprint of the plan before.
    """
    stamp: dict[str, Any] = {
        "title": title,
        "created": date.today().isoformat(),
        "data_date": ground.data_date,
        "attribution": ground.attribution,
        "network": ground.network.mode,
        "islands": [asdict(i) for i in ground.islands],
        "seed": seed,
        "inputs": dict(sources),
        "synthetic": synthetic,
        "versions": _versions(),
        "seconds": {name: round(s, 3) for name, s in seconds.items()},
        "peak_gb": _peak_gb(),
        "previous": previous,
    }
    return replace(tables, provenance={**stamp, **tables.provenance})


def _peak_gb() -> float:
    """Most memory that the process has held so far."""
    memory = psutil.Process().memory_info()
    most = getattr(memory, "peak_wset", None)
    if most is None:
        import resource

        unit = 1 if platform.system() == "Darwin" else 1024
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return round(most / 2**30, 2)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("zone-planner", "highspy", "numpy", "scipy", "shapely", "geopandas", "osmium"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
