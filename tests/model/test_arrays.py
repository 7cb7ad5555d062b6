"""The words for arrays mean one dtype each."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from planner.model import arrays


@pytest.mark.parametrize(
    ("word", "scalar"),
    [("Bools", np.bool_), ("Floats", np.float64), ("Ints", np.int64), ("Ints32", np.int32)],
)
def test_each_word_is_one_dtype(word: str, scalar: type) -> None:
    """No two words mean the same, and none changes its width."""
    (dtype,) = get_args(get_args(getattr(arrays, word))[1])
    assert dtype is scalar
