"""Whether coordinates can be trusted: they are held against the streets, the address and one another.

A sheet from a web map lies some 500 m off, looks perfectly healthy, and puts every home into a
neighbour's zone; the ground gives it away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from planner.demand.anchors import told_by_addresses
from planner.demand.crosscheck import witnesses
from planner.demand.ground import Ground
from planner.errors import DatumError, Finding, Severity
from planner.intake.address.parse import parse_address
from planner.intake.coordinates.datum import Datum, convert, shift_m
from planner.intake.coordinates.detect import DatumEvidence, detect_datum
from planner.intake.coordinates.nearest import NearestGeometry
from planner.intake.coordinates.pairs import metres_outside
from planner.intake.gazetteer.geocode import geocode
from planner.intake.residents import HELD_COLUMNS, Residents
from planner.intake.sheets.notes import at_row
from planner.model.arrays import Bools

__all__ = ["Trusted", "trusted"]

FAR_M: Final = 5_000.0
# Address and coordinates this far apart are told of; this far, the home is held.
APART_M, TOO_FAR_M = 300.0, 2_000.0
# Nearer than that, too, where they are those of another building that somebody lives in.
NEXT_M, AT_M = 50.0, 20.0
# So many different buildings on one point are a provider's fallback, not homes.
SAME_SPOT: Final = 20
FEWEST: Final = 20
COARSE_DECIMALS: Final = 3
SURE: Final = 0.8
AMONG_M: Final = 50.0  # a member lives in one of the homes, or next to one
DEGREE_M: Final = 111_195.0  # A degree of a great circle on a sphere of 6,371,009 m
Positions = NDArray[np.intp]
_WITNESSES: Final = {"nearness": "file", "spread": "spread", "addresses": "addresses"}
_NAMES: Final = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}


@dataclass(frozen=True, eq=False)
class Trusted:
    """Residents whose coordinates were held against the ground.

    `residents`: in WGS-84, with the rows that cannot be believed among the held ones.
    `findings`: what was noticed here; they stand in `residents` too.
    `evidence`: by file; empty without streets or coordinates.
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
    beside: Trusted | None = None,
) -> Trusted:
    """Hold coordinates against the streets, the addresses and one another.

    Parameters
    ----------
    residents : Residents
        As read; coordinates that lie among the streets only when swapped are put right.
    datum : str or mapping of str to str, optional
        ``wgs84``, ``gcj02`` or ``bd09``, for all files or by file name: those files are converted.
        Where nothing is declared WGS-84 is expected, and the ground must not say otherwise; what is
        declared wins, with a warning.
    strict : bool
        Raise where the ground contradicts; else only say so, with severity STOP.
    beside : Trusted, optional
        Homes among which these people live: where theirs are believed they are a witness.

    Raises
    ------
    DatumError
        The coordinates of a file for which nothing is declared are in another datum, or in two.
    """
    if ground.area is not None:
        residents = residents.within(ground.area)
    given_frame = residents.kept.reset_index(drop=True)
    frame, findings = _converted(given_frame, datum)
    placed = np.isfinite(frame["lon"].to_numpy(float))
    held: dict[int, Finding] = {}
    evidence: dict[str, DatumEvidence] = {}

    def told(said: Iterable[_Said]) -> None:
        for i, finding in said:
            findings.append(finding)
            if finding.severity is Severity.HOLD:
                held[i] = finding
                placed[i] = False

    if placed.any():
        findings += _coarse(frame, placed)
        told(_stacked(frame, placed))
        told(_outliers(frame, placed, ground))
        # As given, not as converted: the map judges what the office has declared.
        evidence, said_of = _datums(given_frame, placed, ground, datum, beside)
        findings += said_of
        shifted = [f for f in said_of if f.severity is Severity.STOP]
        # in a wrong datum every address would conflict with its coordinates
        if not shifted:
            told(_conflicts(frame, placed, ground))
        if shifted and strict:
            raise DatumError(
                "\n".join(map(str, shifted)),
                remedy=shifted[0].remedy,
                zh="\n".join(f.zh for f in shifted),
                remedy_zh=shifted[0].remedy_zh,
            )
    said = residents.headed(findings)
    changed = replace(residents, findings=(*residents.findings, *said))
    return Trusted(_set_aside(changed, frame, held), said, evidence)


_Said = tuple[int, Finding]  # position of a row, and what is said of it


def _set_aside(residents: Residents, frame: pd.DataFrame, held: Mapping[int, Finding]) -> Residents:
    """Move the rows that cannot be believed among the held ones."""
    if not held:
        return replace(residents, kept=frame)
    rows = sorted(held)
    aside = frame.iloc[rows].assign(
        code=[held[i].code for i in rows], reason=[held[i].what for i in rows]
    )
    own = [c for c in (*HELD_COLUMNS, "is_centre") if c in aside]
    return replace(
        residents,
        kept=frame.drop(index=rows).reset_index(drop=True),
        held=pd.concat([residents.held, aside[own]], ignore_index=True),
    )


def _declared(file: str, datum: Mapping[str, str] | str | None) -> Datum | None:
    name = datum.get(file) if isinstance(datum, Mapping) else datum
    return None if name is None else Datum(name)


def _by_file(frame: pd.DataFrame, rows: Bools) -> Iterator[tuple[str, Positions]]:
    """Give each file with the positions of its rows, in the order of the files."""
    at = np.flatnonzero(rows)
    codes, files = pd.factorize(frame["file"].iloc[at])
    for k, file in enumerate(files):
        yield str(file), at[codes == k]


def _converted(
    frame: pd.DataFrame, datum: Mapping[str, str] | str | None
) -> tuple[pd.DataFrame, list[Finding]]:
    """Turn the files that are declared to be in a shifted datum into WGS-84."""
    at = frame[["lon", "lat"]].to_numpy(float, copy=True)
    said: list[Finding] = []
    for file, rows in _by_file(frame, np.isfinite(at[:, 0])):
        own = _declared(file, datum)
        if own in (None, Datum.WGS84):
            continue
        at[rows] = convert(at[rows, 0], at[rows, 1], own, Datum.WGS84)
        place = {"file": file, "column": "lon"}
        said.append(Finding.of("converted", place, n=len(rows), name=_NAMES[own.value]))
    return frame.assign(lon=at[:, 0], lat=at[:, 1]), said


def _coarse(frame: pd.DataFrame, placed: Bools) -> Iterator[Finding]:
    """Tell of files whose coordinates are rounded to a grid."""
    for file, rows in _by_file(frame, placed):
        if len(rows) < FEWEST:
            continue
        degrees = frame[["lon", "lat"]].to_numpy(float)[rows]
        for places in range(COARSE_DECIMALS + 1):
            if np.mean(np.abs(degrees - degrees.round(places)) < 1e-9) > 0.95:
                place, grid = {"file": file, "column": "lon"}, DEGREE_M / 10**places
                yield Finding.of("coarse-coordinates", place, places=places, grid=grid)
                break


def _stacked(frame: pd.DataFrame, placed: Bools) -> Iterator[_Said]:
    """Hold the homes of many different buildings that share one point."""
    at = frame[placed]
    for _, rows in at.groupby(["lon", "lat"], sort=True).groups.items():
        if len(rows) < SAME_SPOT:
            continue
        addresses = {str(a) for a in frame.loc[rows, "address"] if a}
        n = len({_building(a) for a in addresses}) if len(addresses) >= SAME_SPOT else 0
        if n < SAME_SPOT:
            continue
        told = Finding.of("same-point", {"column": "lon"}, n=n)
        yield from ((int(i), at_row(frame, i, told)) for i in rows)


def _building(address: str) -> str:
    found = parse_address(address)
    return next(iter(found.building_keys), address)


def _outliers(frame: pd.DataFrame, placed: Bools, ground: Ground) -> Iterator[_Said]:
    """Hold single homes far from the streets, or far from all others where there are no streets."""
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    if ground.area is not None:
        west, south, east, north = ground.area
    else:
        west, east = np.nanquantile(lon[placed], [0.05, 0.95])
        south, north = np.nanquantile(lat[placed], [0.05, 0.95])
    away = metres_outside(lon, lat, (west, south, east, north))
    far = placed & (away > (FAR_M if ground.area is not None else 10 * FAR_M))
    if far.sum() > 0.5 * placed.sum():
        return  # the streets are those of another place: said elsewhere, once
    near = placed & ~far & (away > 0)
    if ground.area is None or near.sum() > 0.5 * placed.sum():
        near[:] = False
    for i in [*np.flatnonzero(far), *np.flatnonzero(near)]:
        km, m = f"{away[i] / 1000:,.1f}", f"{away[i]:,.0f}"
        key, told, zh = ("far", f"{km} km", f"{km}公里") if far[i] else ("near", f"{m} m", f"{m}米")
        said = Finding.of(f"outside/{key}", {"column": "lon"}, away=told, away_zh=zh)
        yield int(i), at_row(frame, i, said)


def _datums(
    frame: pd.DataFrame,
    placed: Bools,
    ground: Ground,
    datum: Mapping[str, str] | str | None,
    beside: Trusted | None,
) -> tuple[dict[str, DatumEvidence], list[Finding]]:
    """Ask the ground which reading of each file, as it was given, puts homes where buildings are."""
    nearest, said = witnesses(ground.base), list[Finding]()
    found: dict[str, DatumEvidence] = {}
    for file, at in _by_file(frame, placed):
        declared = _declared(file, datum)
        own = declared or Datum.WGS84
        lon, lat = frame[["lon", "lat"]].to_numpy(float)[at].T
        seen = None
        if nearest is not None:
            sheets = frame["sheet"].to_numpy(str)[at]
            seen = detect_datum(lon, lat, nearest.distance_m, groups=sheets, declared=own)
            if not (seen.mixed or seen.sure):
                seen = _addressed(seen, frame.iloc[at], ground)
            found[file] = seen
        if nearest is not None and seen is not None and seen.mixed:
            for run in seen.runs:
                part = slice(run.start, run.stop)
                if run.datum is not own:
                    shift = detect_datum(lon[part], lat[part], nearest.distance_m, declared=own)
                    said.append(_contradiction(frame.iloc[at[part]], shift, declared, part=True))
        elif seen is not None and seen.contradicts:
            said.append(_contradiction(frame.iloc[at], seen, declared, part=False))
        elif own is Datum.WGS84 and not (seen is not None and seen.sure):
            rows = frame.iloc[at]
            doubted = _streets_elsewhere(rows, seen, nearest)
            if declared is None:
                said += doubted or _unjudged(rows, seen, beside)
            else:
                said += [replace(told, severity=Severity.WARN) for told in doubted]
    return found, said


def _streets_elsewhere(
    rows: pd.DataFrame, seen: DatumEvidence | None, nearest: NearestGeometry | None
) -> list[Finding]:
    """Ask whether the streets are shifted and not the homes: a layer of one's own may be from a web map."""
    if seen is None or nearest is None:
        return []
    lon, lat = rows[["lon", "lat"]].to_numpy(float).T
    for datum in (Datum.GCJ02, Datum.BD09):
        moved = convert(lon, lat, Datum.WGS84, datum)
        there = detect_datum(moved[:, 0], moved[:, 1], nearest.distance_m)
        fit = there.fits[0]
        if there.sure and not there.contradicts and fit.share_30_m >= SURE:
            told = {"n": len(rows), "name": _NAMES[datum.value], "datum": datum.value}
            told |= {"best": 100 * fit.share_30_m, "asked": 100 * seen.fits[0].share_30_m}
            shift = float(np.median(shift_m(lon, lat, Datum.WGS84, datum)))
            place = {"column": "lon"}
            said = Finding.of("streets-shifted", place, **told, shift=shift)
            return [replace(at_row(rows, 0, said), row=None)]
    return []


def _unjudged(
    rows: pd.DataFrame, seen: DatumEvidence | None, beside: Trusted | None
) -> list[Finding]:
    """Say that nothing tells which datum a file is in, where that makes a difference."""
    at = rows[["lon", "lat"]].to_numpy(float)
    shift = float(np.median(shift_m(at[:, 0], at[:, 1], Datum.WGS84, Datum.GCJ02)))
    if shift < 1.0 or (beside is not None and _live_among(at, beside)):
        return []
    spots = len(np.unique(at, axis=0))
    key = "map" if seen is None else "places"
    told = Finding.of(
        f"datum-unjudged/{key}", {"column": "lon"}, n=len(at), spots=spots, shift=shift
    )
    return [replace(at_row(rows, 0, told), row=None)]


def _live_among(at: NDArray[np.float64], beside: Trusted) -> bool:
    """Tell whether people stand among homes whose datum is known, and would not in another one."""
    homes = beside.residents.kept
    known = [file for file, seen in beside.evidence.items() if seen.sure and not seen.mixed]
    points = homes.loc[homes["file"].isin(known), ["lon", "lat"]].dropna().to_numpy(float)
    if not len(points):
        return False
    near = NearestGeometry([shapely.Point(lon, lat) for lon, lat in points])
    own, *others = (
        float(np.mean(near.distance_m(*convert(at[:, 0], at[:, 1], d, Datum.WGS84).T) <= AMONG_M))
        for d in Datum
    )
    return own >= SURE and own > max(others)


def _addressed(seen: DatumEvidence, rows: pd.DataFrame, ground: Ground) -> DatumEvidence:
    """Ask the addresses, where the ground is silent."""
    best = told_by_addresses(rows, ground.streets, ground.gazetteer)
    if best is None:
        return seen
    lon, lat = rows[["lon", "lat"]].to_numpy(float).T
    shift = float(np.median(shift_m(lon, lat, seen.declared, best)))
    return replace(seen, best=best, sure=True, shift_m=shift, witness="addresses")


def _contradiction(
    rows: pd.DataFrame, seen: DatumEvidence, declared: Datum | None, *, part: bool
) -> Finding:
    """Ask about coordinates that fit the ground only in another reading; warn where theirs was declared."""
    own = declared or Datum.WGS84
    best = next(f for f in seen.fits if f.datum is seen.best)
    asked = next(f for f in seen.fits if f.datum is seen.declared)
    first, last = int(rows["row"].iloc[0]), int(rows["row"].iloc[-1])
    told = Finding.of(
        # one declaration holds for a whole file
        "datum-declared"
        if declared is not None
        else "datum/rows"
        if part
        else f"datum/{_WITNESSES[seen.witness]}",
        {"column": "lon"},
        first=first,
        last=last,
        n=seen.n,
        shift=seen.shift_m,
        own=_NAMES[own.value],
        name=_NAMES[seen.best.value],
        datum=seen.best.value,
        best=100 * best.share_30_m,
        asked=100 * asked.share_30_m,
        far=best.far_m,
        own_far=asked.far_m,
    )
    return replace(at_row(rows, 0, told), row=first if part else None)


def _conflicts(frame: pd.DataFrame, placed: Bools, ground: Ground) -> Iterator[_Said]:
    """Tell of homes whose address lies elsewhere than their coordinates."""
    asked = np.flatnonzero(placed & (frame["address"] != "").to_numpy())
    if ground.gazetteer is None or not len(asked):
        return
    at = frame.iloc[asked]
    found = geocode(at["address"], ground.gazetteer, community=at["community"])
    sure = found["confidence"].to_numpy(float) >= SURE
    sure &= found["precision"].isin(["address point", "building", "stairwell"]).to_numpy()
    plane = ground.network.projection
    here = plane.to_xy(at["lon"].to_numpy(float)[sure], at["lat"].to_numpy(float)[sure])
    there = plane.to_xy(found["lon"].to_numpy(float)[sure], found["lat"].to_numpy(float)[sure])
    if not sure.any():
        return
    apart = np.hypot(*(here - there).T)
    swapped = (apart >= NEXT_M) & (KDTree(there).query(here)[0] <= AT_M)
    for i, away, other in zip(asked[sure], apart, swapped, strict=True):
        if away < APART_M and not other:
            continue
        severity = Severity.HOLD if away > TOO_FAR_M else Severity.WARN
        place = {"severity": severity, "column": "lon"}
        yield int(i), at_row(frame, i, Finding.of("conflict", place, away=away))
