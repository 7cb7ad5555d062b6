"""The estimator: what scikit-learn asks of it, and what a size bound promises."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from planner import CapacitatedZones, ConfigError

HOMES = np.random.default_rng(0).uniform(0, 2000, (600, 2))


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([CapacitatedZones(), CapacitatedZones(n_zones=3, n_init=2)])
def test_it_is_an_estimator(estimator, check) -> None:
    """Every check of the installed scikit-learn passes; none is expected to fail."""
    check(estimator)


def test_bounds_count_rows() -> None:
    """Each zone holds between size_min and size_max rows, and the attributes agree with each other."""
    zones = CapacitatedZones(10, 55, 65, random_state=0).fit(HOMES)
    size = np.bincount(zones.labels_, minlength=10)
    assert size.min() >= 55
    assert size.max() <= 65
    assert (zones.sizes_ == size).all()
    means = np.array([HOMES[zones.labels_ == z].mean(0) for z in range(10)])
    assert np.allclose(zones.cluster_centers_, means)
    assert zones.inertia_ == pytest.approx(((HOMES - means[zones.labels_]) ** 2).sum())
    assert zones.n_iter_ >= 1
    assert zones.n_features_in_ == 2


def test_exact_sizes() -> None:
    """Bounds that leave no room at all are met."""
    label = CapacitatedZones(12, 50, 50, random_state=0).fit_predict(HOMES)
    assert (np.bincount(label) == 50).all()


def test_far_from_the_origin() -> None:
    """Coordinates of millions of metres give the same zones as those near zero."""
    near = CapacitatedZones(10, 55, 65, random_state=0).fit(HOMES)
    far = CapacitatedZones(10, 55, 65, random_state=0).fit(HOMES + np.array([5e5, 4e6]))
    assert far.inertia_ == pytest.approx(near.inertia_, rel=1e-6)


def test_without_bounds_it_is_k_means() -> None:
    """Nothing bounded: the cost is no worse than that of k-means with ten starts."""
    ours = CapacitatedZones(8, random_state=0).fit(HOMES)
    theirs = KMeans(8, n_init=10, random_state=0).fit(HOMES)
    assert ours.inertia_ <= 1.005 * theirs.inertia_
    assert (ours.predict(HOMES) == ours.labels_).all()


def test_row_order_does_not_matter() -> None:
    """The same rows in another order fall into the same zones."""
    order = np.random.default_rng(1).permutation(600)
    one = CapacitatedZones(10, 55, 65, random_state=3).fit(HOMES)
    two = CapacitatedZones(10, 55, 65, random_state=3).fit(HOMES[order])
    assert (two.labels_ == one.labels_[order]).all()


def test_weights_weigh_the_cost_alone() -> None:
    """By default weights pull the means and leave the sizes counted in rows."""
    weight = np.where(HOMES[:, 0] < 1000, 50.0, 1.0)
    zones = CapacitatedZones(10, 55, 65, random_state=0).fit(HOMES, sample_weight=weight)
    assert zones.sizes_.min() >= 55
    assert zones.sizes_.max() <= 65
    means = [
        np.average(HOMES[zones.labels_ == z], axis=0, weights=weight[zones.labels_ == z])
        for z in range(10)
    ]
    assert np.allclose(zones.cluster_centers_, means)


def test_weights_weigh_the_sizes_when_asked() -> None:
    """With weigh_size a building counts the households in it."""
    homes = np.random.default_rng(2).integers(1, 12, 600)
    fair = homes.sum() / 10
    zones = CapacitatedZones(10, 0.95 * fair, 1.05 * fair, weigh_size=True, random_state=0)
    size = np.bincount(zones.fit_predict(HOMES, sample_weight=homes), homes)
    assert size.min() >= 0.95 * fair
    assert size.max() <= 1.05 * fair
    assert np.allclose(size, zones.sizes_)


def test_lumps_out_of_bounds_warn() -> None:
    """Lumps that no packing brings within the bounds are a warning with the sizes, not an error."""
    points = np.array([[0.0], [1.0], [5.0]])
    with pytest.warns(ConvergenceWarning, match="from 2 to 4"):
        CapacitatedZones(2, size_max=3, weigh_size=True).fit(points, sample_weight=[2, 2, 2])


def test_rows_without_weight_count_but_do_not_pull() -> None:
    """Weightless rows fill zones and leave the means alone."""
    weight = np.r_[np.ones(300), np.zeros(300)]
    zones = CapacitatedZones(6, 100, 100, random_state=0).fit(HOMES, sample_weight=weight)
    assert (np.bincount(zones.labels_) == 100).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"n_zones": 601}, "n_samples=600 rows for n_zones=601"),
        ({"n_zones": 10, "size_min": 61}, "610, but there are 600"),
        ({"n_zones": 10, "size_max": 59}, "590, but there are 600"),
        ({"n_zones": 10, "size_max": 59.9}, "size_max=59 "),
        ({"n_zones": 10, "size_min": 70, "size_max": 60}, "above size_max"),
        ({"n_zones": 0}, "n_zones=0"),
        ({"n_zones": 2.5}, "n_zones=2.5"),
        ({"n_recuts": -1}, "n_recuts=-1"),
        ({"size_min": "many"}, "size_min='many'"),
        ({"tol": float("nan")}, "tol=nan"),
    ],
)
def test_impossible_parameters_are_refused(given: dict[str, object], words: str) -> None:
    """What cannot be is a ValueError that says which numbers clash."""
    with pytest.raises(ConfigError, match=words) as caught:
        CapacitatedZones(**given).fit(HOMES)
    assert isinstance(caught.value, ValueError)


def test_impossible_weights_are_refused() -> None:
    """Negative weights, weights that are all zero, and a row too large for any zone are refused."""
    with pytest.raises(ValueError, match="negative"):
        CapacitatedZones(2).fit(HOMES, sample_weight=np.r_[-1.0, np.ones(599)])
    with pytest.raises(ValueError, match="zero"):
        CapacitatedZones(2).fit(HOMES, sample_weight=np.zeros(600))
    with pytest.raises(ValueError, match="fits into no zone"):
        CapacitatedZones(2, size_max=400, weigh_size=True).fit(
            HOMES, sample_weight=np.r_[500.0, np.ones(200), np.zeros(399)]
        )


def test_it_lives_among_other_estimators() -> None:
    """It clones, sits in a pipeline and a grid search, and names its columns."""
    frame = pd.DataFrame(HOMES, columns=["east_m", "north_m"])
    pipe = make_pipeline(StandardScaler(), CapacitatedZones(5, 100, 140, random_state=0))
    assert pipe.fit_transform(frame).shape == (600, 5)
    zones = clone(pipe[-1]).fit(frame)
    assert list(zones.feature_names_in_) == ["east_m", "north_m"]
    assert zones.get_feature_names_out()[0] == "capacitatedzones0"
    search = GridSearchCV(CapacitatedZones(random_state=0), {"n_zones": [2, 9]}, cv=2)
    assert search.fit(HOMES).best_params_ == {"n_zones": 9}


def test_fitting_is_silent() -> None:
    """No warning where there is nothing to warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CapacitatedZones(4, 140, 160, random_state=0).fit(HOMES)
