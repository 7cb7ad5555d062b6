"""Siting: choose centres among candidates, and give each demand unit to one of them.

The capacitated p-median problem, with floors, fees of the candidates, and candidates that must or must
not be taken.  `solve` chooses a given number of them; `fewest` finds the least number that suffices.
"""

from __future__ import annotations

from planner.solve.sites.instance import Answer, Sites
from planner.solve.sites.search import Listener, solve

__all__ = ["Answer", "Listener", "Sites", "solve"]
