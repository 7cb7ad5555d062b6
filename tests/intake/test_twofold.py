"""Two addresses in one cell are seen; one address with a separator in it is not two."""

from __future__ import annotations

import pytest

from planner.intake.twofold import is_twofold


@pytest.mark.parametrize(
    "text",
    [
        "幸福路1号;解放路2号",
        "向阳小区3栋；曙光里5栋2单元",
        "幸福路12号3栋/解放路8号",
        "幸福路1号\n解放路2号",
        "幸福路1号、解放路2号",
    ],
)
def test_two_places_are_two(text: str) -> None:
    """D-ADDR-2IN1: each part names a road or compound with a number of its own."""
    assert is_twofold(text)


@pytest.mark.parametrize(
    "text",
    ["幸福路12号3栋2单元501", "向阳小区3栋/2单元/501", "向阳小区\n3栋2单元", "幸福路12号；3栋",
     "向阳小区3栋;向阳小区3号楼", "向阳小区3栋 13800000000", "Fleminginkatu 15 / A 3", "", "同上", "东/西"],
)  # fmt: skip
def test_one_place_is_one(text: str) -> None:
    """Parts of one address, and one place written twice, are left alone."""
    assert not is_twofold(text)
