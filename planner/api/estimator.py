"""Zones of bounded size for people with nothing but points, as a scikit-learn estimator.

A drop-in for k-means with size bounds (P. Bradley, K. Bennett and A. Demiriz: Constrained K-Means
Clustering, MSR-TR-2000-65): same objective, same bounds, another search.  No streets, no addresses, no
proof: for those there is `planner.make_plan`.
"""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin_min
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.utils import check_random_state, validation
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from planner.errors import ConfigError
from planner.model.arrays import Floats, Ints
from planner.solve.points import Effort, Points, partition

__all__ = ["CapacitatedZones"]


WEIGHTLESS = 1e-9


class CapacitatedZones(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator
):
    """Cut points into compact zones that each hold between so many and so many.

    The weighted squared distances to the zones' means are made small (the objective of k-means) while the
    size of each zone stays within its bounds.  Distances are straight lines in the units of `X`: hand
    over metres (a projected CRS), not degrees.

    Parameters
    ----------
    n_zones : int, default=8
        How many zones.
    size_min, size_max : int or float, optional
        Size of a zone, at least and at most.  A size counts rows of `X`, whatever their weights, as
        k-means-constrained does; with ``weigh_size=True`` it is the sum of their sample weights.
        Without bounds this is k-means; no zone is ever empty.
    weigh_size : bool, default=False
        Whether sample weights count in the size of a zone as they do in the cost.  Set it where a row
        is a building and its weight the households in it.
    n_init : int, default=1
        Independent starts; the best is kept.
    n_recuts : int, default=5
        How often each zone is cut anew together with a few neighbours once a start has come to rest.
        More finds better zones in proportionally more time.
    max_iter : int, default=100
        Rounds of assignment and means in one start, at most.
    tol : float, default=1e-3
        The rounds end when one lowers the cost by less than this share.
    random_state : int, RandomState instance or None, default=None
        An int gives the same zones each time, in whatever order the rows come.

    Attributes
    ----------
    labels_ : ndarray of int64, shape (n_samples,)
        The zone of each row.
    cluster_centers_ : ndarray of float64, shape (n_zones, n_features)
        Mean of each zone, weighted.
    inertia_ : float
        Squared distances to the means, weighted and summed.
    sizes_ : ndarray of float64, shape (n_zones,)
        Size of each zone, as the bounds count it.
    n_iter_ : int
        Rounds of assignment and means of the best start.
    n_features_in_ : int
        Columns seen in `fit`.
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Their names, where `X` had names.

    Notes
    -----
    Bounds that count rows are always met.  Weighed sizes come in lumps, and to meet bounds on lumps is
    bin packing: they are met as far as the search manages, and a `ConvergenceWarning` says how far
    out the sizes are if it does not.

    The inner loops are compiled at the first fit on a machine (some 20 s) and kept on its disk.

    Examples
    --------
    >>> import numpy as np
    >>> from planner import CapacitatedZones
    >>> homes = np.random.default_rng(0).uniform(0, 1000, (300, 2))
    >>> zones = CapacitatedZones(10, 25, 35, random_state=0).fit(homes)
    >>> bool(zones.sizes_.min() >= 25 and zones.sizes_.max() <= 35)
    True
    """

    def __init__(
        self,
        n_zones: int = 8,
        size_min: float | None = None,
        size_max: float | None = None,
        *,
        weigh_size: bool = False,
        n_init: int = 1,
        n_recuts: int = 5,
        max_iter: int = 100,
        tol: float = 1e-3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_zones = n_zones
        self.size_min = size_min
        self.size_max = size_max
        self.weigh_size = weigh_size
        self.n_init = n_init
        self.n_recuts = n_recuts
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: None = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the zones.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The points.
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional
            What each row weighs in the cost, and in the sizes with `weigh_size`; 1 if absent.

        Returns
        -------
        CapacitatedZones
            Itself, fitted.

        Raises
        ------
        ValueError
            A parameter is out of range, `X` is not a table of finite numbers, there are fewer rows than
            zones, or the bounds cannot add up to what there is.
        """
        self._check_parameters()
        x = _validated(self, X, dtype=np.float64, order="C")
        weight = _check_sample_weight(sample_weight, x, dtype=np.float64)
        _refuse_weights(weight)
        unit = weight if self.weigh_size else np.ones(len(x))
        self._check_sizes(unit)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        effort = Effort(self.n_init, self.max_iter, self.tol, self.n_recuts)
        rows, points = self._points(x, weight, unit)
        middle = points.x.mean(0)
        # About the middle: squares of coordinates in millions of metres would eat the digits of
        # distances.
        centred = Points(
            points.x - middle, points.weight, points.unit, points.zones, points.low, points.high
        )
        found = partition(centred, effort, seed)
        self.cluster_centers_ = found.centre + middle
        if len(found.label) == len(x):
            self.labels_ = np.empty(len(x), np.int64)
            self.labels_[rows] = found.label
        else:
            self.labels_ = self._nearest(x)
        self.inertia_ = _inertia(x, weight, self.cluster_centers_, self.labels_)
        self.sizes_ = np.bincount(self.labels_, unit, self.n_zones)
        self.n_iter_ = found.rounds
        if found.excess > 0:
            warnings.warn(
                f"sizes run from {self.sizes_.min():g} to {self.sizes_.max():g}: no way was found to "
                f"bring the last {found.excess:g} within the bounds; raise n_init or n_recuts, or "
                "widen the bounds",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def predict(self, X: ArrayLike) -> Ints:
        """Give the zone whose mean is nearest to each row; bounds play no part.

        For the rows of `fit` this is not `labels_` where a bound pushed a row to another zone.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of int64, shape (n_samples,)
        """
        return self._nearest(self._seen(X))

    def transform(self, X: ArrayLike) -> Floats:
        """Give the distance of each row to the mean of each zone.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of float64, shape (n_samples, n_zones)
        """
        return euclidean_distances(self._seen(X), self.cluster_centers_)

    def score(self, X: ArrayLike, y: None = None, sample_weight: ArrayLike | None = None) -> float:
        """Give the negative weighted sum of squared distances to the nearest mean.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        sample_weight : array-like of shape (n_samples,), optional

        Returns
        -------
        float
        """
        x = self._seen(X)
        weight = _check_sample_weight(sample_weight, x, dtype=np.float64)
        return -_inertia(x, weight, self.cluster_centers_, self._nearest(x))

    @property
    def _n_features_out(self) -> int:
        return len(self.cluster_centers_)

    def _seen(self, X: ArrayLike) -> Floats:
        check_is_fitted(self)
        return _validated(self, X, reset=False, dtype=np.float64, order="C")

    def _nearest(self, x: Floats) -> Ints:
        return pairwise_distances_argmin_min(x, self.cluster_centers_)[0].astype(np.int64)

    def _check_parameters(self) -> None:
        for name, least in (("n_zones", 1), ("n_init", 1), ("max_iter", 1), ("n_recuts", 0)):
            value = getattr(self, name)
            if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
                raise ConfigError.of("parameter-not-whole", name=name, value=value, least=least)
        for name in ("size_min", "size_max", "tol"):
            value = getattr(self, name)
            if value is None and name != "tol":
                continue
            if not isinstance(value, Real) or isinstance(value, bool) or not float(value) >= 0:
                raise ConfigError.of("parameter-not-number", name=name, value=value)

    def _check_sizes(self, unit: Floats) -> None:
        """Refuse bounds that no zones can meet, with the numbers."""
        rows, zones, total = len(unit), self.n_zones, float(unit.sum())
        if rows < zones:
            raise ConfigError.of("too-few-rows", rows=rows, zones=zones)
        low, high = self._bounds()
        if low > high:
            raise ConfigError.of("size-min-above-size-max", low=low, high=high)
        if not self.weigh_size:
            # Rows are counted whole, so bounds between two numbers hold for the ones inside.
            low, high = float(np.ceil(low)), float(np.floor(high))
        # Sums of sizes differ in their last digits with the order of the rows.
        slack = 1e-9 * total
        if low * zones > total + slack:
            raise ConfigError.of(
                "size-min-too-large",
                low=low,
                zones=zones,
                needed=low * zones,
                total=total,
                each=total / zones,
                most=int(total // low),
            )
        if high * zones < total - slack:
            raise ConfigError.of(
                "size-max-too-small",
                high=high,
                zones=zones,
                room=high * zones,
                total=total,
                each=total / zones,
            )
        if unit.max() > high:
            raise ConfigError.of("row-fits-nowhere", largest=unit.max(), high=high)

    def _bounds(self) -> tuple[float, float]:
        low = 0.0 if self.size_min is None else float(self.size_min)
        return low, np.inf if self.size_max is None else float(self.size_max)

    def _points(self, x: Floats, weight: Floats, unit: Floats) -> tuple[Ints, Points]:
        """Put the rows in an order of their own; give their positions and what is cut.

        Without bounds, rows at one place are one point: a weight of 2 is then the same as two rows.
        """
        low, high = self._bounds()
        # The order of the rows must not matter, so they get one that only their values decide.
        order = np.lexsort((unit, weight, *x.T[::-1]))
        if low <= 1 and high >= unit.sum():
            weighty = order[weight[order] > 0]
            order = weighty if len(weighty) >= self.n_zones else order
            first = np.flatnonzero(np.append(True, (np.diff(x[order], axis=0) != 0).any(1)))
            if len(first) < self.n_zones:
                first = np.arange(len(order))
            low, high = 1.0, float(len(first))
            unit, heavy = np.ones(len(first)), np.add.reduceat(weight[order], first)
        else:
            first, unit, heavy = np.arange(len(order)), unit[order], weight[order]
            if not self.weigh_size:
                low, high = max(np.ceil(low), 1.0), min(np.floor(high), float(len(x)))
        # a row without weight still wants a zone, and must not divide by nought
        heavy = np.maximum(heavy, WEIGHTLESS * weight.mean())
        return order, Points(x[order[first]], heavy, unit, self.n_zones, low, high)


def _validated(estimator: CapacitatedZones, X: ArrayLike, **options: Any) -> Floats:
    """Check input against the estimator; scikit-learn 1.5 has a method where 1.6 has a function."""
    check = getattr(validation, "validate_data", None)
    if check is not None:
        return check(estimator, X, **options)
    return estimator._validate_data(X, **options)  # type: ignore[attr-defined]


def _refuse_weights(weight: Floats) -> None:
    if weight.min() < 0:
        raise ConfigError.of("sample-weight-negative", least=weight.min())
    if weight.sum() <= 0:
        raise ConfigError.of("sample-weight-zero")


def _inertia(x: Floats, weight: Floats, centre: Floats, label: Ints) -> float:
    return float(weight @ ((x - centre[label]) ** 2).sum(1))
