"""The estimator keeps the contract of scikit-learn, by scikit-learn's own checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from planner.api.estimator import CapacitatedZones


@pytest.mark.filterwarnings("default")
@parametrize_with_checks([CapacitatedZones(2)])
def test_scikit_learns_own_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    """Each of them passes."""
    check(estimator)
