"""Venues 阵地 of the service: points with opening hours, as an office keeps them in a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from planner.errors import Finding, SchemaError
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.headings import roles_of
from planner.intake.sheets.read import read_table
from planner.model.schema import Table
from planner.model.service_sheets import VENUES

__all__ = ["Venues", "read_venues"]

_NEEDED = {"name", "lon", "lat"}


@dataclass(frozen=True, eq=False)
class Venues:
    """Where people can go.

    Parameters
    ----------
    frame : DataFrame
        ``name, hours`` (as written, "" for none)``, lon, lat`` (degrees, WGS-84).
    findings : tuple of Finding
        Rows without a name or a place.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...] = ()


def read_venues(path: Path, told: Table = VENUES, *, datum: str = "wgs84") -> Venues:
    """Read a sheet of venues: 名称/name, 经度/lon, 纬度/lat, and 开放时间/hours if known.

    Parameters
    ----------
    path : Path
    told : Table
        As the project describes it.
    datum : str
        What the degrees are in.

    Raises
    ------
    SheetError
        The file cannot be read.
    SchemaError
        No sheet has a name and both degrees.
    """
    rows: list[tuple[str, str, float, float]] = []
    said: list[Finding] = []
    good = False
    for table in read_table(path, table=told):
        roles, _ = roles_of(table.headers, told, file=table.file, sheet=table.sheet)
        if not set(roles) >= _NEEDED:
            continue
        good = True
        for row, cells in zip(table.row.tolist(), table.cells.tolist(), strict=True):
            text = {role: half_width(str(cells[k])).strip() for role, k in roles.items()}
            lon, lat = (_degrees(text[role]) for role in ("lon", "lat"))
            if text["name"] and abs(lon) <= 180 and abs(lat) <= 90:
                rows.append((text["name"], text.get("hours", ""), lon, lat))
            elif any(text.values()):
                place = {"file": table.file, "sheet": table.sheet, "row": int(row)}
                said.append(Finding.of("venue-row", place))
    if not good:
        raise SchemaError.of("not-venues", name=path.name)
    frame = pd.DataFrame(rows, columns=["name", "hours", "lon", "lat"])
    turned = convert(
        frame["lon"].to_numpy(float), frame["lat"].to_numpy(float), Datum(datum), Datum.WGS84
    )
    frame["lon"], frame["lat"] = np.asarray(turned, float).reshape(-1, 2).T
    return Venues(frame, tuple(said))


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        # of NaN no comparison holds: the row is told, and left out
        return float("nan")
