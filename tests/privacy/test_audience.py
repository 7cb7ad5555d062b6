"""Who a file is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.privacy.audience import Audience, audience_of
from tests.plans import make_plan_tables


def test_audiences_by_name(tmp_path: Path) -> None:
    """Each has its name, and another name is refused with those that there are."""
    assert [audience_of(str(a)) for a in Audience] == list(Audience)
    with pytest.raises(ValueError, match="no audience"):
        audience_of("everyone")
    assert make_plan_tables().units is not None
    assert not list(tmp_path.iterdir())
