"""Whether coordinates can be trusted: they are held against the streets, the address and one another.

A sheet from a web map lies some 500 m off, looks perfectly healthy, and puts every home into a
neighbour's zone; the ground gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.ground import Ground
from planner.errors import DatumError, Finding, Severity
from planner.intake.address.parse import parse_address
from planner.intake.coordinates.datum import Datum, DatumEvidence, convert, detect_datum
from planner.intake.coordinates.nearest import NearestGeometry
from planner.intake.coordinates.pairs import metres_outside
from planner.intake.gazetteer.geocode import geocode
from planner.intake.identity import finding_at
from planner.intake.residents import HELD_COLUMNS, Residents

__all__ = ["Trusted", "trusted"]

FAR_M: Final = 5_000.0
APART_M, TOO_FAR_M = 300.0, 2_000.0
"""Address and coordinates this far apart are told of; this far, the home is held."""
SAME_SPOT: Final = 20
"""So many different buildings on one point are a provider's fallback, not homes."""
FEWEST: Final = 20
COARSE_DECIMALS: Final = 3
SURE: Final = 0.8
GROUND_BUILDINGS: Final = 200
EARTH_M: Final = 111_195.0
_NAMES: Final = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}


@dataclass(frozen=True, eq=False)
class Trusted:
    """Residents whose coordinates were held against the ground.

    Parameters
    ----------
    residents : Residents
        In WGS-84, with the rows that cannot be believed among the held ones.
    findings : tuple of Finding
        What was noticed here; they stand in `residents` too.
    evidence : mapping of str to DatumEvidence
        By file; empty without streets or coordinates.
    """

    residents: Residents
    findings: tuple[Finding, ...] = ()
    evidence: Mapping[str, DatumEvidence] = field(default_factory=dict)


def trusted(
    residents: Residents,
    ground: Ground,
    *,
    datum: Mapping[str, str] | str | None = None,
    strict: bool = True,
) -> Trusted:
    """Hold coordinates against the streets, the addresses and one another.

    Parameters
    ----------
    residents : Residents
        As read; coordinates that lie among the streets only when swapped are put right.
    ground : Ground
    datum : str or mapping of str to str, optional
        ``wgs84``, ``gcj02`` or ``bd09``, for all files or by file name: those files are converted.
        Where nothing is declared WGS-84 is expected, and the ground must not say otherwise.
    strict : bool
        Raise where the ground contradicts; else only say so, with severity STOP.

    Returns
    -------
    Trusted

    Raises
    ------
    DatumError
        The coordinates of a file are in another datum than was declared, or in two.
    """
    if ground.area is not None:
        residents = residents.within(ground.area)
    said: list[Finding] = []
    frame = _converted(residents.kept.reset_index(drop=True), datum, said)
    given = np.isfinite(frame["lon"].to_numpy(float))
    reason = np.full(len(frame), "", object)
    evidence: dict[str, DatumEvidence] = {}
    if given.any():
        _coarse(frame, given, said)
        _stacked(frame, given, reason, said)
        _outliers(frame, given, ground, reason, said)
        evidence = _datums(frame, given & (reason == ""), ground, datum, said)
        if not any(f.code == "datum" for f in said):
            _conflicts(frame, given & (reason == ""), ground, reason, said)
    stops = [f for f in said if f.severity is Severity.STOP]
    if stops and strict:
        raise DatumError("\n".join(map(str, stops)), remedy=stops[0].remedy)
    aside = reason != ""
    held = frame.loc[aside].assign(
        code=[r[0] for r in reason[aside]], reason=[r[1] for r in reason[aside]]
    )
    changed = replace(
        residents,
        kept=frame.loc[~aside].reset_index(drop=True),
        held=pd.concat([residents.held, held[list(HELD_COLUMNS)]], ignore_index=True)
        if aside.any()
        else residents.held,
        findings=(*residents.findings, *said),
    )
    return Trusted(changed, tuple(said), evidence)


def _declared(file: str, datum: Mapping[str, str] | str | None) -> Datum | None:
    name = datum.get(file) if isinstance(datum, Mapping) else datum
    return None if name is None else Datum(name)


def _converted(
    frame: pd.DataFrame, datum: Mapping[str, str] | str | None, said: list[Finding]
) -> pd.DataFrame:
    """Turn the files that are declared to be in a shifted datum into WGS-84."""
    lon, lat = frame["lon"].to_numpy(float, copy=True), frame["lat"].to_numpy(float, copy=True)
    for file in pd.unique(frame["file"]):
        own = _declared(str(file), datum)
        rows = (frame["file"] == file).to_numpy() & np.isfinite(lon)
        if own in (None, Datum.WGS84) or not rows.any():
            continue
        lon[rows], lat[rows] = convert(lon[rows], lat[rows], own, Datum.WGS84).T
        name = _NAMES[own.value]
        said.append(
            Finding("converted", Severity.FIX, f"{int(rows.sum())} coordinates were converted from {name}",
                    f"{int(rows.sum())}组坐标已由{name}转换为WGS-84", file=str(file), column="lon")
        )  # fmt: skip
    return frame.assign(lon=lon, lat=lat)


def _coarse(frame: pd.DataFrame, given: NDArray[np.bool_], said: list[Finding]) -> None:
    """Tell of files whose coordinates are rounded to a grid."""
    for file in pd.unique(frame.loc[given, "file"]):
        rows = given & (frame["file"] == file).to_numpy()
        if rows.sum() < FEWEST:
            continue
        degrees = frame.loc[rows, ["lon", "lat"]].to_numpy(float)
        for places in range(COARSE_DECIMALS + 1):
            if np.mean(np.abs(degrees - degrees.round(places)) < 1e-9) > 0.95:
                grid = EARTH_M / 10**places
                what = (
                    f"coordinates are rounded to {places} decimals, a grid of about {grid:,.0f} m"
                )
                said.append(
                    Finding("coarse-coordinates", Severity.WARN, f"{what}: walks are that uncertain",
                            f"坐标只有{places}位小数，精度约{grid:,.0f}米，步行距离不可靠",
                            "export the coordinates with 6 decimals", "请导出至少6位小数的坐标",
                            str(file), column="lon")
                )  # fmt: skip
                break


def _stacked(
    frame: pd.DataFrame, given: NDArray[np.bool_], reason: NDArray[np.object_], said: list[Finding]
) -> None:
    """Hold the homes of many different buildings that share one point."""
    at = frame[given]
    for _, rows in at.groupby(["lon", "lat"], sort=True).groups.items():
        if len(rows) < SAME_SPOT:
            continue
        places = {_building(str(a)) for a in frame.loc[rows, "address"] if a}
        if len(places) < SAME_SPOT:
            continue
        what = f"{len(places)} different buildings share one point: a fallback, not their place"
        zh = f"{len(places)}栋不同的楼坐标完全相同，应为默认坐标"
        for i in rows:
            reason[i] = ("same-point", what)
            said.append(finding_at(frame, i, "same-point", Severity.HOLD, what, zh, "lon"))


@lru_cache(maxsize=65_536)
def _building(address: str) -> str:
    found = parse_address(address)
    return next(iter(found.building_keys), address)


def _outliers(
    frame: pd.DataFrame,
    given: NDArray[np.bool_],
    ground: Ground,
    reason: NDArray[np.object_],
    said: list[Finding],
) -> None:
    """Hold single homes far from the streets, or far from all others where there are no streets."""
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    if ground.area is not None:
        west, south, east, north = ground.area
    else:
        west, east = np.nanquantile(lon[given], [0.05, 0.95])
        south, north = np.nanquantile(lat[given], [0.05, 0.95])
    away = metres_outside(lon, lat, (west, south, east, north))
    far = given & (away > (FAR_M if ground.area is not None else 10 * FAR_M))
    if far.sum() > 0.5 * given.sum():
        return  # the streets are those of another place: said elsewhere, once
    for i in np.flatnonzero(far & (reason == "")):
        km = away[i] / 1000
        reason[i] = ("outside", f"the coordinates lie {km:,.1f} km outside the streets")
        said.append(
            finding_at(frame, i, "outside", Severity.HOLD, reason[i][1],
                       f"坐标在路网范围外{km:,.1f}公里", "lon", "correct the coordinates")
        )  # fmt: skip
    near = given & ~far & (away > 0) & (reason == "")
    if ground.area is None or near.sum() > 0.5 * given.sum():
        return
    for i in np.flatnonzero(near):
        what = f"the coordinates lie {away[i]:,.0f} m outside the streets"
        said.append(
            finding_at(frame, i, "outside", Severity.WARN, what,
                       f"坐标在路网范围外{away[i]:,.0f}米", "lon", "look at the coordinates")
        )  # fmt: skip


def _datums(
    frame: pd.DataFrame,
    given: NDArray[np.bool_],
    ground: Ground,
    datum: Mapping[str, str] | str | None,
    said: list[Finding],
) -> dict[str, DatumEvidence]:
    """Ask the ground which reading of each file puts homes where buildings are."""
    nearest = _nearest(ground)
    found: dict[str, DatumEvidence] = {}
    if nearest is None:
        return found
    for file in pd.unique(frame.loc[given, "file"]):
        at = np.flatnonzero(given & (frame["file"] == file).to_numpy())
        own = _declared(str(file), datum) or Datum.WGS84
        here = frame[["lon", "lat"]].to_numpy(float)[at]
        lon, lat = convert(here[:, 0], here[:, 1], Datum.WGS84, own).T  # as the file has them
        sheets = frame["sheet"].to_numpy(str)[at]
        seen = detect_datum(lon, lat, nearest, groups=sheets, declared=own)
        found[str(file)] = seen
        if seen.mixed:
            for run in seen.runs:
                part = slice(run.start, run.stop)
                if run.datum is not own:
                    shift = detect_datum(lon[part], lat[part], nearest, declared=own)
                    said.append(_contradiction(frame.iloc[at[part]], shift, own, part=True))
        elif seen.contradicts:
            said.append(_contradiction(frame.iloc[at], seen, own, part=False))
    return found


def _contradiction(rows: pd.DataFrame, seen: DatumEvidence, own: Datum, *, part: bool) -> Finding:
    """Ask about coordinates that fit the ground only in another reading."""
    best = next(f for f in seen.fits if f.datum is seen.best)
    asked = next(f for f in seen.fits if f.datum is seen.declared)
    first, last, name = int(rows["row"].iloc[0]), int(rows["row"].iloc[-1]), _NAMES[seen.best.value]
    which = f"rows {first} to {last}" if part else f"{seen.n} coordinates"
    which_zh = f"第{first}至{last}行" if part else f"{seen.n}组坐标"
    shift = f"{seen.shift_m:,.0f} m"
    what = (
        f"{which} lie about {shift} beside buildings and streets as {_NAMES[own.value]}; read as {name}, "
        f"{100 * best.share_30_m:.0f} % lie within 30 m of one instead of {100 * asked.share_30_m:.0f} %"
    )
    zh = f"{which_zh}按{_NAMES[own.value]}与路网整体偏移约{seen.shift_m:,.0f}米，疑为{name}坐标"
    remedy = f'set datum = "{seen.best.value}" under [inputs], or hand in WGS-84 coordinates'
    remedy_zh = f'请在[inputs]中写明 datum = "{seen.best.value}"，或提供WGS-84坐标'
    if part:  # one declaration holds for a whole file
        remedy = (
            f"convert these rows from {name} to {_NAMES[own.value]}: one sheet must be in one datum"
        )
        remedy_zh = f"请将这些行由{name}转换为{_NAMES[own.value]}：同一表内坐标基准须一致"
    return Finding(
        "datum", Severity.STOP, what, zh, remedy, remedy_zh,
        str(rows["file"].iloc[0]), str(rows["sheet"].iloc[0]), first if part else None, "lon",
    )  # fmt: skip


def _nearest(ground: Ground) -> NearestGeometry | None:
    """Take buildings where the extract has enough of them, and streets with them."""
    layers = [ground.base[name] for name in ("buildings", "streets") if name in ground.base]
    if layers and len(layers[0]) >= GROUND_BUILDINGS:
        layers = layers[:1]
    shapes = [g for layer in layers for g in layer.geometry if g is not None and not g.is_empty]
    return NearestGeometry(shapes) if shapes else None


def _conflicts(
    frame: pd.DataFrame,
    given: NDArray[np.bool_],
    ground: Ground,
    reason: NDArray[np.object_],
    said: list[Finding],
) -> None:
    """Tell of homes whose address lies elsewhere than their coordinates."""
    asked = np.flatnonzero(given & (frame["address"] != "").to_numpy())
    if ground.gazetteer is None or not len(asked):
        return
    at = frame.iloc[asked]
    found = geocode(at["address"], ground.gazetteer, community=at["community"])
    sure = found["confidence"].to_numpy(float) >= SURE
    sure &= found["precision"].isin(["address point", "building", "stairwell"]).to_numpy()
    plane = ground.network.projection
    here = plane.to_xy(at["lon"].to_numpy(float)[sure], at["lat"].to_numpy(float)[sure])
    there = plane.to_xy(found["lon"].to_numpy(float)[sure], found["lat"].to_numpy(float)[sure])
    for i, away in zip(asked[sure], np.hypot(*(here - there).T), strict=True):
        if away < APART_M:
            continue
        what = f"the address lies {away:,.0f} m from the coordinates"
        severity = Severity.HOLD if away > TOO_FAR_M else Severity.WARN
        if severity is Severity.HOLD:
            reason[i] = ("conflict", what)
        said.append(
            finding_at(frame, i, "conflict", severity, what, f"地址与坐标相距{away:,.0f}米", "lon",
                       "correct the one that is wrong, or leave it out")
        )  # fmt: skip
