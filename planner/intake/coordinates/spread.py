"""How far a whole sheet keeps from the streets, held against the same sheet shifted anywhere.

Homes that stand thirty metres beside every street are on none of them, and a wrong reading puts some of
them on one by chance: a score of nearness then prefers what is wrong.  But people build alike along a
street, so the distances of the right reading are bunched, and those of a shift that nobody made are what
chance gives; which of the two a reading looks like is told by its distances as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.intake.coordinates.datum import Datum, convert
from planner.model.arrays import Floats
from planner.model.plane import DEGREE_M

__all__ = ["told_by_spread"]

# Carriageways, fronts, yards, blocks, and what lies outside a town.
_EDGES_M: Final = np.array([4.0, 8, 15, 25, 40, 60, 100, 160, 250, 400])
_SHIFTS_M: Final = np.array(
    [
        (r * np.cos(t), r * np.sin(t))
        for r in (300.0, 420.0, 560.0, 740.0, 980.0)
        for t in np.arange(10) * np.pi / 5 + r / 1000
    ]
)
SAMPLE: Final = 600  # spots asked again for each shift: more of them tell no more
FEWEST: Final = 30  # spots; fewer fill no distribution
# Standard deviations of chance: above the first a reading stands out, above the second it may.
OUTSTANDING, NOTABLE = 3.5, 2.0
# Of a right reading hardly a home is farther from every street than this; of a wrong one many are.
OUT_M: Final = 100.0
NONE_OUT, MANY_OUT = 0.02, 0.10


@dataclass(frozen=True, slots=True)
class _Spread:
    """The distances of one reading, and what chance makes of them.

    `unlike`: divergence from the pooled distances of all shifts; `chance`: of each shift from the others.
    `out`, `shifted_out`: share beyond `OUT_M`, of the reading and of each shift.
    `far`: the ninth decile, metres.
    """

    unlike: float
    chance: Floats
    out: float
    shifted_out: Floats
    far: float

    @property
    def z(self) -> float:
        return float((self.unlike - self.chance.mean()) / max(self.chance.std(), 0.01))

    @property
    def unmatched(self) -> bool:
        """No shift is as unlike the others."""
        return self.unlike > self.chance.max()


def told_by_spread(
    at: Floats, declared: Datum, readings: Sequence[Datum], ground: Callable[..., Floats]
) -> Datum | None:
    """Say which reading the distances as a whole speak for, where they speak clearly.

    Parameters
    ----------
    at : ndarray of float64, shape (n, 2)
        Spots, degrees as written.
    declared : Datum
        Kept where its own distances could not be chance.
    readings : sequence of Datum
        All of them.
    ground : callable
        See `planner.intake.coordinates.detect.detect_datum`.

    Returns
    -------
    Datum or None
        None where no reading, or more than one, could be right.
    """
    if len(at) < FEWEST:
        return None
    at = at[np.linspace(0, len(at) - 1, min(len(at), SAMPLE)).astype(int)]
    own = _spread(at, declared, ground)
    if own.unmatched or own.z >= NOTABLE:
        return declared if own.unmatched and own.z >= OUTSTANDING else None
    found = [
        reading
        for reading in readings
        if reading is not declared and _right(_spread(at, reading, ground), own)
    ]
    return found[0] if len(found) == 1 else None


def _right(seen: _Spread, own: _Spread) -> bool:
    """Whether a reading is right if the declared one looks like chance."""
    if seen.far > own.far:
        return False  # unlike chance because it lies outside the town
    bunched = seen.unmatched and seen.z >= OUTSTANDING
    inside = seen.out <= min(NONE_OUT, float(seen.shifted_out.min()))
    return bunched or (inside and own.out >= MANY_OUT and seen.z >= NOTABLE)


def _spread(at: Floats, reading: Datum, ground: Callable[..., Floats]) -> _Spread:
    here = convert(at[:, 0], at[:, 1], reading, Datum.WGS84)
    metre = 1 / (DEGREE_M * np.array([np.cos(np.radians(here[:, 1].mean())), 1.0]))
    away = np.array([np.asarray(ground(*(here + by * metre).T), float) for by in _SHIFTS_M])
    own = np.asarray(ground(*here.T), float)
    counts = np.array([_counts(row) for row in away])
    pooled = counts.sum(axis=0)
    return _Spread(
        _divergence(_counts(own), pooled),
        np.array([_divergence(row, pooled - row) for row in counts]),
        float(np.mean(own > OUT_M)),
        np.mean(away > OUT_M, axis=1),
        float(np.quantile(own, 0.9, method="higher")),
    )


def _counts(away: Floats) -> Floats:
    return np.bincount(np.searchsorted(_EDGES_M, away), minlength=len(_EDGES_M) + 1).astype(float)


def _divergence(counts: Floats, chance: Floats) -> float:
    """Kullback-Leibler divergence, nats."""
    share, expected = counts / counts.sum(), (chance + 1) / (chance + 1).sum()
    seen = share > 0
    return float(np.sum(share[seen] * np.log(share[seen] / expected[seen])))
