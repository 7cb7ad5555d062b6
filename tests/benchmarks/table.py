"""What the benchmarks share: the machine they ran on, and tables of results."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rich.console import Console
from rich.table import Table

PACKAGES = ("zone-planner", "numpy", "scipy", "numba", "highspy", "ortools", "scikit-learn")


def machine() -> dict[str, Any]:
    """Say what ran: cores, system, Python, and the versions of what counts."""
    found: dict[str, Any] = {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def show(rows: Sequence[Mapping[str, Any]], *, title: str | None = None) -> None:
    """Print rows that have the same keys as a table."""
    if not rows:
        return
    table = Table(*map(str, rows[0]), title=title)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console(width=160).print(table)
