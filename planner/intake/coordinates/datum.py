"""WGS-84, GCJ-02 and BD-09: convert between them, and tell which one a table is in.

GCJ-02 is the offset datum of Chinese web maps, BD-09 Baidu's further offset of it.  The formulas
are the published ones (M. Gong's reverse engineering, as in eviltransform).  The inverse has no
closed form and is iterated to below 1e-11 degrees, where the usual single step is up to 2.7 m off.

Outside the box 72.004 to 137.8347 E, 0.8293 to 55.8271 N nothing is shifted: all three readings are
one there.  The test is made on the point as given, whatever the direction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.intake.coordinates.nearest import Nearest

__all__ = [
    "Datum",
    "DatumEvidence",
    "DatumRun",
    "ReadingFit",
    "convert",
    "detect_datum",
    "shift_m",
]

Floats = NDArray[np.float64]

_BOX: Final = (72.004, 0.8293, 137.8347, 55.8271)
_SEMI_MAJOR_M: Final = 6378245.0  # Krasovsky 1940, as the formula has it
_ECCENTRICITY_2: Final = 0.00669342162296594323
_BAIDU_TURN: Final = np.pi * 3000.0 / 180.0
_EARTH_M: Final = 6371008.8
_TOLERANCE_DEG: Final = 1e-12


class Datum(StrEnum):
    """How a pair of numbers is to be read as a place."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def _gcj02(points: Floats) -> Floats:
    """WGS-84 to GCJ-02, without the box."""
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = 0.1 * np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0

    def swell(t: Floats, a: float, b: float, long_a: float, long_b: float) -> Floats:
        near = (20.0 * np.sin(t * np.pi) + 40.0 * np.sin(t / 3.0 * np.pi)) * 2.0 / 3.0
        far = (long_a * np.sin(t / 12.0 * np.pi) + long_b * np.sin(t * np.pi / 30.0)) * 2.0 / 3.0
        return near * a + far * b

    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 2.0 * root + wave
    north = north + swell(y, 1.0, 1.0, 160.0, 320.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + root + wave
    east = east + swell(x, 1.0, 1.0, 150.0, 300.0)
    phi = np.radians(points[:, 1])
    bulge = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_2) / (bulge * np.sqrt(bulge))
    parallel = _SEMI_MAJOR_M / np.sqrt(bulge) * np.cos(phi)
    return points + np.degrees(np.column_stack([east / parallel, north / meridian]))


def _bd09(points: Floats) -> Floats:
    """GCJ-02 to BD-09, without the box."""
    x, y = points[:, 0], points[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _undo(forward: Callable[[Floats], Floats], shifted: Floats) -> Floats:
    """Invert a small shift by fixed-point iteration: both shifts are strong contractions."""
    guess = shifted.copy()
    for _ in range(40):
        miss = shifted - forward(guess)
        guess = guess + miss
        if float(np.abs(miss).max(initial=0.0)) < _TOLERANCE_DEG:
            break
    return guess


def convert(lon: ArrayLike, lat: ArrayLike, source: Datum | str, target: Datum | str) -> Floats:
    """Convert points between the three readings.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees in `source`.  Scalars count as one point.
    source, target : Datum
        What they are read as, and what is wanted.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Longitude and latitude in `target`, degrees.  Points outside the box of the shift and
        non-finite ones come back as they are.

    Raises
    ------
    ValueError
        A datum is unknown, or the two arrays differ in length.
    """
    source, target = Datum(source), Datum(target)
    x, y = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"lon and lat must be of one length, not {x.shape} and {y.shape}")
    points = np.column_stack([x, y])
    west, south, east, north = _BOX
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if source is target or not inside.any():
        return points
    moved = points[inside]
    if source is Datum.BD09:
        moved = _undo(_bd09, moved)
    if target is Datum.WGS84:
        moved = _undo(_gcj02, moved)
    if source is Datum.WGS84:
        moved = _gcj02(moved)
    if target is Datum.BD09:
        moved = _bd09(moved)
    points[inside] = moved
    return points


def shift_m(lon: ArrayLike, lat: ArrayLike, one: Datum | str, other: Datum | str) -> Floats:
    """Give how far apart two readings put the same numbers.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees.
    one, other : Datum
        The two readings.

    Returns
    -------
    ndarray of float64, shape (n,)
        Metres; nan for non-finite points.
    """
    a, b = convert(lon, lat, one, Datum.WGS84), convert(lon, lat, other, Datum.WGS84)
    a = np.where(np.isfinite(a) & np.isfinite(b), a, np.nan)
    d_lat = np.radians(b[:, 1] - a[:, 1])
    d_lon = np.radians(b[:, 0] - a[:, 0]) * np.cos(np.radians(a[:, 1]))
    return np.asarray(_EARTH_M * np.hypot(d_lat, d_lon))


@dataclass(frozen=True)
class ReadingFit:
    """How well one reading puts the points on the ground.

    Parameters
    ----------
    datum : Datum
        The reading.
    share_15_m, share_30_m : float
        Share of the points within 15 and 30 m of a building or street.
    median_m : float
        Median distance, metres.
    score : float
        Mean of 1 / (1 + (d / 15 m)^2): 1 when every point is on the ground.
    """

    datum: Datum
    share_15_m: float
    share_30_m: float
    median_m: float
    score: float


@dataclass(frozen=True)
class DatumRun:
    """Rows in sequence that share a reading: `start` included, `stop` not."""

    start: int
    stop: int
    datum: Datum


@dataclass(frozen=True)
class DatumEvidence:
    """Which reading the ground speaks for, and how clearly.

    Parameters
    ----------
    declared : Datum
        What the table was said to be in.
    best : Datum
        The reading with the best score.
    fits : tuple of ReadingFit
        All three, in the order of `Datum`.
    margin : float
        Score of the best less that of the next.
    z : float
        The margin in standard errors, paired point by point.
    sure : bool
        Whether the margin is at least 0.05 and 3 standard errors, on 10 points or more.
    shift_m : float
        Median distance between the declared and the best reading, metres.
    n : int
        Finite points that were looked at.
    runs : tuple of DatumRun
        Rows in the order given, cut where the reading changes; one run where it does not.
        Empty inside `groups`.
    groups : mapping of str to DatumEvidence
        The same for each group, where groups were given.
    """

    declared: Datum
    best: Datum
    fits: tuple[ReadingFit, ...]
    margin: float
    z: float
    sure: bool
    shift_m: float
    n: int
    runs: tuple[DatumRun, ...] = ()
    groups: Mapping[str, DatumEvidence] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def contradicts(self) -> bool:
        """Whether the ground clearly speaks against the declared reading."""
        return self.sure and self.best is not self.declared

    @property
    def mixed(self) -> bool:
        """Whether parts of the table are in different readings."""
        found = {run.datum for run in self.runs}
        found |= {group.best for group in self.groups.values() if group.sure}
        return len(found) > 1


_READINGS: Final = tuple(Datum)
_SCALE_M: Final = 15.0
# A change of reading must win this much score back, so some ten rows make a run at the least.
_CHANGE_COST: Final = 3.0


def detect_datum(
    lon: ArrayLike,
    lat: ArrayLike,
    ground: Nearest | Callable[[ArrayLike, ArrayLike], Floats],
    *,
    groups: Sequence[str] | ArrayLike | None = None,
    declared: Datum | str = Datum.WGS84,
) -> DatumEvidence:
    """Ask the ground which reading of the coordinates puts homes where buildings are.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees, as written; rows in the order of the table.
    ground : Nearest or callable
        Gives the distance in metres from WGS-84 points to the nearest building or street, as
        `Nearest.distance_m` does.
    groups : sequence of str, shape (n,), optional
        Sheet, file or community of each row: each is judged by itself too.
    declared : Datum, optional
        What the table is said to be in.

    Returns
    -------
    DatumEvidence

    Raises
    ------
    ValueError
        The arrays differ in length.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    ask = ground if callable(ground) else ground.distance_m
    away = np.column_stack(
        [np.asarray(ask(*convert(x, y, datum, Datum.WGS84).T), float) for datum in _READINGS]
    )
    ok = np.isfinite(x) & np.isfinite(y)
    scores = np.where(np.isfinite(away), 1.0 / (1.0 + (away / _SCALE_M) ** 2), 0.0)
    declared = Datum(declared)
    shifts = np.column_stack([shift_m(x, y, declared, datum) for datum in _READINGS])
    by_group: dict[str, DatumEvidence] = {}
    if groups is not None:
        labels = np.asarray(groups).astype(str)
        if labels.shape != x.shape:
            raise ValueError(f"{len(labels)} groups for {len(x)} points")
        for label in np.unique(labels):
            rows = ok & (labels == label)
            by_group[str(label)] = _judge(away[rows], scores[rows], shifts[rows], declared)
    whole = _judge(away[ok], scores[ok], shifts[ok], declared)
    return DatumEvidence(
        **{**vars(whole), "runs": _runs(scores, ok), "groups": MappingProxyType(by_group)}
    )


def _judge(away: Floats, scores: Floats, shifts: Floats, declared: Datum) -> DatumEvidence:
    n = len(away)
    if n == 0:
        fits = tuple(ReadingFit(datum, 0.0, 0.0, float("nan"), 0.0) for datum in _READINGS)
        return DatumEvidence(declared, declared, fits, 0.0, 0.0, False, 0.0, 0)
    fits = tuple(
        ReadingFit(
            datum,
            float(np.mean(away[:, k] <= 15.0)),
            float(np.mean(away[:, k] <= 30.0)),
            float(np.median(away[:, k])),
            float(np.mean(scores[:, k])),
        )
        for k, datum in enumerate(_READINGS)
    )
    # Ties go to the declared reading: outside the shifted box all three are one.
    order = sorted(range(3), key=lambda k: (-round(fits[k].score, 12), _READINGS[k] != declared, k))
    first, second = order[0], order[1]
    gain = scores[:, first] - scores[:, second]
    margin = float(gain.mean())
    error = float(gain.std(ddof=1)) / np.sqrt(n) if n > 1 else float("inf")
    z = margin / error if error > 0 else (float("inf") if margin > 0 else 0.0)
    sure = bool(n >= 10 and margin >= 0.05 and z >= 3.0)
    shift = float(np.median(shifts[:, first]))
    return DatumEvidence(declared, _READINGS[first], fits, margin, float(z), sure, shift, n)


def _runs(scores: Floats, ok: NDArray[np.bool_]) -> tuple[DatumRun, ...]:
    """Cut the rows where the reading changes (Viterbi over three states with a cost a change)."""
    n = len(scores)
    if n == 0 or not ok.any():
        return ()
    gains = np.where(ok[:, None], scores, 0.0)
    total = gains[0].copy()
    came = np.zeros((n, 3), dtype=np.int8)
    for row in range(1, n):
        leader = int(np.argmax(total))
        jump = total[leader] - _CHANGE_COST
        stay = total >= jump
        came[row] = np.where(stay, np.arange(3), leader)
        total = np.where(stay, total, jump) + gains[row]
    state = int(np.argmax(total))
    states = np.empty(n, dtype=np.int8)
    for row in range(n - 1, -1, -1):
        states[row] = state
        state = int(came[row, state])
    starts = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist()]
    stops = [*starts[1:], n]
    return tuple(
        DatumRun(int(a), int(b), _READINGS[states[a]]) for a, b in zip(starts, stops, strict=True)
    )
