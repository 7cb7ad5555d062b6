"""Which reading a table of coordinates is in, asked of the ground: homes stand where buildings are.

A wrong reading is some 500 m off (GCJ-02) or 1,000 m (BD-09), and puts homes where any shift by as much
would.  So a reading is believed only where it fits better than the others *and* better than shifts that
nobody made: on ground of which the map knows little, chance alone prefers one of three readings.
Where none stands out, it is asked in which homes stand inside buildings, then their distances (`spread`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.intake.coordinates.datum import Datum, convert, shift_m
from planner.intake.coordinates.spread import told_by_spread
from planner.model.arrays import Bools, Floats, Ints
from planner.model.plane import DEGREE_M

__all__ = ["DatumEvidence", "DatumRun", "ReadingFit", "detect_datum"]

Ground = Callable[[ArrayLike, ArrayLike], Floats]


@dataclass(frozen=True)
class ReadingFit:
    """How well one reading puts the points on the ground.

    Parameters
    ----------
    datum : Datum
        The reading.
    share_30_m : float
        Share of the spots within 30 m of a building or street.
    median_m : float
        Median distance, metres.
    score : float
        Mean of 1 / (1 + (d / 15 m)^2): 1 when every point is on the ground.
    far_m : float
        Distance within which nine of ten spots lie, metres.
    """

    datum: Datum
    share_30_m: float
    median_m: float
    score: float
    far_m: float = float("nan")


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
        The reading with the best score; where none is sure by it, that for which the distances as a whole
        speak, if there is one.
    fits : tuple of ReadingFit
        All three, in the order of `Datum`.
    margin : float
        Best score less the next.
    z : float
        The margin in standard errors, paired spot by spot.
    sure : bool
        Whether the best stands out from the others and from chance, on 10 spots or more, or on 7 by far.
    shift_m : float
        Median distance between the declared and the best reading, metres.
    n : int
        Finite points that were looked at.
    spots : int
        Places they stand on, 20 m apart: the homes of a tower are one witness, not thirty.
    runs : tuple of DatumRun
        Rows in the order given, cut where the reading changes; one run where it does not.
        Empty inside `groups`.
    groups : mapping of str to DatumEvidence
        The same for each group, where groups were given.
    witness : {"nearness", "spread", "addresses"}
        What the best reading is known by.
    """

    declared: Datum
    best: Datum
    fits: tuple[ReadingFit, ...]
    margin: float
    z: float
    sure: bool
    shift_m: float
    n: int
    spots: int = 0
    runs: tuple[DatumRun, ...] = ()
    groups: Mapping[str, DatumEvidence] = field(default_factory=lambda: MappingProxyType({}))
    witness: str = "nearness"

    @property
    def contradicts(self) -> bool:
        """Whether the ground clearly speaks against the declared reading."""
        return self.sure and self.best is not self.declared

    @property
    def mixed(self) -> bool:
        """Whether parts of the table are in different readings."""
        return len({run.datum for run in self.runs}) > 1


_READINGS: Final = tuple(Datum)
_SCALE_M: Final = 15.0
_SPOT_DEG: Final = 0.0002
FEWEST_SPOTS: Final = 10
MARGIN: Final = 0.05
ERRORS: Final = 3.0
FEW_SPOTS, WIDE_MARGIN, WIDE_ERRORS = 7, 0.3, 2.0
# Standard deviations by which a reading must fit better than shifts that nobody made.
OUTSTANDING: Final = 3.5
SAMPLE: Final = 1_500  # spots that are asked again for each such shift: more of them tell no more
# A change of reading must win this much score back, so some ten spots make a run at the least.
_CHANGE_COST: Final = 3.0
ALIKE: Final = 0.005  # probability that the distances of a stretch and of the rest are of one kind
CLOSE_M: Final = 2.0  # how exactly such distances are known
STRONG: Final = 0.8  # share of the spots near something, above which no second witness is asked
# Share of the spots that stand inside buildings, its lead over the next reading's, and the odds of it.
INSIDE, AHEAD, BY_CHANCE = 0.85, 0.25, 1e-3
_DECOYS_M: Final = np.array(
    [
        (r * np.cos(t), r * np.sin(t))
        for r in (350.0, 620.0, 950.0)
        for t in np.arange(8) * np.pi / 4 + r / 1000
    ]
)


@dataclass(frozen=True, eq=False)
class _Spots:
    """Where the rows stand, each spot once.

    Parameters
    ----------
    of : ndarray of int, shape (n,)
        Spot of each row, -1 where the row has no place.
    at : ndarray of float64, shape (k, 2)
        Degrees as written.
    away, score : ndarray of float64, shape (k, 3)
        Metres to the ground and score of each reading.
    shift : ndarray of float64, shape (k, 3)
        Metres between the declared and each reading.
    """

    of: Ints
    at: Floats
    away: Floats
    score: Floats
    shift: Floats


def detect_datum(
    lon: ArrayLike,
    lat: ArrayLike,
    ground: Ground,
    *,
    groups: Sequence[str] | ArrayLike | None = None,
    declared: Datum | str = Datum.WGS84,
) -> DatumEvidence:
    """Ask the ground which reading of the coordinates puts homes where buildings are.

    Parameters
    ----------
    lon, lat : array_like of float, shape (n,)
        Degrees, as written; rows in the order of the table.
    ground : callable
        Gives the distance in metres from WGS-84 points to the nearest building or street, as
        `NearestGeometry.distance_m` does.
    groups : sequence of str, shape (n,), optional
        Sheet, file or community of each row: each is judged by itself too.
    declared : Datum, optional
        What the table is said to be in.

    Raises
    ------
    ValueError
        The arrays differ in length.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    declared = Datum(declared)
    labels = np.full(x.shape, "") if groups is None else np.asarray(groups).astype(str)
    if labels.shape != x.shape:
        raise ValueError(f"{len(labels)} groups for {len(x)} points")
    spots = _spots(x, y, ground, declared)
    whole = _asked(spots, spots.of >= 0, ground, declared)
    by_group = {
        str(label): _asked(spots, (spots.of >= 0) & (labels == label), ground, declared)
        for label in (np.unique(labels) if groups is not None else ())
    }
    base = whole.best if whole.sure else declared
    states = _states(spots)
    usual = np.unique(spots.of[(states == _READINGS.index(base)) & (spots.of >= 0)])
    for start, stop in _stretches(states):
        datum = _READINGS[states[start]]
        if datum is base:
            continue
        own = np.zeros(len(x), bool)
        own[start:stop] = spots.of[start:stop] >= 0
        seen = _judge(spots, own, ground, declared)
        if not (seen.sure and seen.best is datum and _unlike(spots, own, usual, base)):
            states[start:stop] = _READINGS.index(base)
    for label, seen in by_group.items():
        if seen.sure and seen.best is not base:
            states[labels == label] = _READINGS.index(seen.best)
    runs = tuple(DatumRun(a, b, _READINGS[states[a]]) for a, b in _stretches(states))
    runs = runs if (spots.of >= 0).any() else ()
    return replace(whole, runs=runs, groups=MappingProxyType(by_group))


def _spots(x: Floats, y: Floats, ground: Ground, declared: Datum) -> _Spots:
    """Gather the rows into spots and ask the ground for the middle of each."""
    of = np.full(len(x), -1)
    ok = np.isfinite(x) & np.isfinite(y)
    if not ok.any():
        return _Spots(of, np.zeros((0, 2)), *(np.zeros((0, 3)) for _ in range(3)))
    cells = np.floor(np.column_stack([x[ok], y[ok]]) / _SPOT_DEG)
    _, of[ok], count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    at = np.column_stack([np.bincount(of[ok], v[ok]) / count for v in (x, y)])
    away = np.column_stack(
        [
            np.asarray(ground(*convert(at[:, 0], at[:, 1], d, Datum.WGS84).T), float)
            for d in _READINGS
        ]
    )
    shift = np.column_stack([shift_m(at[:, 0], at[:, 1], declared, d) for d in _READINGS])
    return _Spots(of, at, away, _scores(away), shift)


def _scores(away: Floats) -> Floats:
    return np.where(np.isfinite(away), 1.0 / (1.0 + (away / _SCALE_M) ** 2), 0.0)


def _judge(spots: _Spots, rows: Bools, ground: Ground, declared: Datum) -> DatumEvidence:
    """Say which reading the spots of some rows speak for."""
    mine = np.unique(spots.of[rows])
    n = len(mine)
    if n == 0:
        fits = tuple(ReadingFit(datum, 0.0, float("nan"), 0.0) for datum in _READINGS)
        return DatumEvidence(declared, declared, fits, 0.0, 0.0, False, 0.0, 0)
    away, scores = spots.away[mine], spots.score[mine]
    fits = tuple(
        ReadingFit(
            datum,
            float(np.mean(away[:, k] <= 30.0)),
            float(np.median(away[:, k])),
            float(np.mean(scores[:, k])),
            float(np.quantile(away[:, k], 0.9, method="higher")),
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
    # Few witnesses that agree so far leave little to chance, though their mean is known less exactly.
    plain = n >= FEW_SPOTS and margin >= WIDE_MARGIN and z >= WIDE_ERRORS
    sure = plain or (n >= FEWEST_SPOTS and margin >= MARGIN and z >= ERRORS)
    sure = sure and _stands_out(spots.at[mine], _READINGS[first], fits, ground)
    shift = float(np.median(spots.shift[mine, first]))
    best = _READINGS[first]
    return DatumEvidence(
        declared, best, fits, margin, float(z), bool(sure), shift, int(rows.sum()), n
    )


def _unlike(spots: _Spots, rows: Bools, usual: Ints, base: Datum) -> bool:
    """Tell whether some rows keep other distances than the rest, all read as the sheet is.

    On regular streets a shift puts whole rows of homes onto the next street: what stands like its
    neighbours has no other datum than they.
    """
    from scipy.stats import ks_2samp

    k = _READINGS.index(base)
    mine, theirs = spots.away[np.unique(spots.of[rows]), k], spots.away[usual, k]
    if not len(theirs):
        return True
    # the result is a pair; the stubs know neither its names nor its types
    nearer: Any = ks_2samp(mine + CLOSE_M, theirs, alternative="greater")
    farther: Any = ks_2samp(mine - CLOSE_M, theirs, alternative="less")
    return bool(min(nearer.pvalue, farther.pvalue) < ALIKE)


def _asked(spots: _Spots, rows: Bools, ground: Ground, declared: Datum) -> DatumEvidence:
    """Say which reading a whole sheet speaks for, by nearness or by its distances as a whole."""
    seen = _judge(spots, rows, ground, declared)
    mine = np.unique(spots.of[rows])
    if not seen.sure and (within := _told_by_walls(spots, mine, ground)) is not None:
        shift = float(np.median(spots.shift[mine, _READINGS.index(within)]))
        return replace(seen, best=within, sure=True, shift_m=shift)
    # What was declared need not be asked again where it stands out, nor where nothing is shifted.
    plain = seen.sure and seen.best is declared
    own = seen.fits[_READINGS.index(declared)]
    if (plain and own.share_30_m >= STRONG) or not len(mine) or not spots.shift[mine].any():
        return seen
    best = told_by_spread(spots.at[mine], declared, _READINGS, ground)
    if best is None or (seen.sure and best is not declared):
        # two witnesses that contradict each other are none
        return replace(seen, sure=False) if plain and best is not None else seen
    shift = float(np.median(spots.shift[mine, _READINGS.index(best)]))
    return replace(seen, best=best, sure=True, shift_m=shift, witness="spread")


def _told_by_walls(spots: _Spots, mine: Ints, ground: Ground) -> Datum | None:
    """Give the reading in which the spots stand inside buildings, if no shift would put them there by chance.

    In a dense town any shift brings homes near some building: a few that stand inside tell more than
    how near they are.
    """
    from scipy.special import bdtrc

    if len(mine) < FEW_SPOTS:
        return None
    share = (spots.away[mine] <= CLOSE_M).mean(axis=0)
    best, (_, second, first) = int(np.argmax(share)), np.sort(share).tolist()
    if first < INSIDE or first - second < AHEAD:
        return None
    chance = np.array(
        [
            np.mean(np.asarray(ground(*at.T), float) <= CLOSE_M)
            for at in _decoys(spots.at[mine], _READINGS[best])
        ]
    )
    # A town is denser here than there: one standard deviation more than the mean is granted to chance.
    usual = min(float(chance.mean() + chance.std()), 1.0)
    odds = bdtrc(round(first * len(mine)) - 1, len(mine), usual)
    return _READINGS[best] if odds < BY_CHANCE else None


def _decoys(at: Floats, reading: Datum) -> Iterator[Floats]:
    """Give the points of a reading shifted in ways that nobody shifts them, degrees."""
    here = convert(at[:, 0], at[:, 1], reading, Datum.WGS84)
    metre = 1 / (DEGREE_M * np.array([np.cos(np.radians(here[:, 1].mean())), 1.0]))
    return (here + by * metre for by in _DECOYS_M)


def _stands_out(at: Floats, best: Datum, fits: tuple[ReadingFit, ...], ground: Ground) -> bool:
    """Tell whether a reading fits better than the same homes shifted in ways that nobody shifts them."""
    at = at[:: max(1, len(at) // SAMPLE)]
    chance = np.array(
        [_scores(np.asarray(ground(*there.T), float)).mean() for there in _decoys(at, best)]
    )
    score = next(f.score for f in fits if f.datum is best)
    return bool(score > max(chance.max(), chance.mean() + OUTSTANDING * max(chance.std(), 0.01)))


def _stretches(states: NDArray[np.int8]) -> list[tuple[int, int]]:
    """Cut the rows where the reading changes."""
    if not len(states):
        return []
    starts = [0, *(np.flatnonzero(np.diff(states)) + 1).tolist()]
    return list(zip(starts, [*starts[1:], len(states)], strict=True))


def _states(spots: _Spots) -> NDArray[np.int8]:
    """Guess the reading of each row (Viterbi over three states with a cost a change).

    The rows of one spot share its score between them.
    """
    n, ok = len(spots.of), spots.of >= 0
    if not ok.any():
        return np.zeros(n, np.int8)
    share = 1.0 / np.bincount(spots.of[ok])
    gains = np.zeros((n, 3))
    gains[ok] = spots.score[spots.of[ok]] * share[spots.of[ok], None]
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
    return states
