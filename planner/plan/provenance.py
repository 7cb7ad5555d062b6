"""Where a plan comes from: files, versions, seconds; what was done to it by hand; and what names it.

The edits lie in the provenance under ``history``, oldest first, and are stored with the plan.  They
hold units, centres, notes and an office's name; never a person's.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import psutil

from planner.demand.ground import Ground
from planner.model.tables import PlanTables

__all__ = [
    "RELEASES",
    "history_of",
    "locks_of",
    "moment",
    "notes_of",
    "plan_fingerprint",
    "stamped",
]

RELEASES: Final = "releases"
"""Where a plan's provenance says who let its files out although nobody's names were known."""


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

    `sources`: bare name and SHA-256 of each file of people.
    """
    stamp: dict[str, Any] = {
        "title": title,
        "created": date.today().isoformat(),
        "data_date": ground.data_date,
        "attribution": ground.attribution,
        **ground.walked_on,
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

        # the same call counts bytes on macOS and kilobytes on Linux
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


def plan_fingerprint(tables: PlanTables) -> str:
    """Digest of the problem, of who is served by whom, and of the locks and edits so far.

    Gives: 64 hexadecimal digits; a plan that differs in one unit's zone has another.
    """
    digest = hashlib.sha256(tables.problem.fingerprint().encode())
    lists = (tables.units["unit_id"], tables.units["zone"], tables.centres["centre_id"])
    # Lengths go before texts: without them "ab","c" and "a","bc" would be one plan.
    for values in (*lists, locks_of(tables), (str(len(history_of(tables))),)):
        for value in values:
            data = str(value).encode("utf-8", "replace")
            digest.update(len(data).to_bytes(4, "little") + data)
        digest.update(b"\xff\xff\xff\xff")
    return digest.hexdigest()


def moment(when: datetime | None) -> str:
    """Give the time that an entry of the history is stamped with, UTC; now if None."""
    return (when or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def history_of(tables: PlanTables) -> tuple[Mapping[str, Any], ...]:
    """Give the edits that were applied to a plan, oldest first.

    Each has ``when, by, plan`` (fingerprint before)``, moves, locks`` (all that stood afterwards)``,
    unlocked, notes, completed`` (bool)``, moved_units, value_before_m, value_m``, and ``insisted`` where the
    meeting wanted what would have been refused: ``disconnected`` (centres), ``rules``; ``centres`` where some
    are elsewhere since: ``centre, from, to`` (units, "" for none).
    """
    return tuple(tables.provenance.get("history") or ())


def locks_of(tables: PlanTables) -> tuple[str, ...]:
    """Give the ids of the units that are locked where they are, in the order of the units."""
    entries = history_of(tables)
    locked = set(entries[-1]["locks"]) if entries else set()
    return tuple(u for u in tables.units["unit_id"] if u in locked)


def notes_of(tables: PlanTables) -> tuple[Mapping[str, Any], ...]:
    """Give the notes on places that were handed in with edits: ``lon, lat, text``."""
    return tuple(note for entry in history_of(tables) for note in entry["notes"])
