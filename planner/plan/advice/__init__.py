"""When the rules cannot all hold: what clashes, where, why, and the cheapest repairs.

`arithmetic` counts before anything is solved; `repairs` tries changes around the zones that break rules,
solves again with each, and keeps those that an independent check confirms.
"""

from planner.plan.advice.arithmetic import Clash, arithmetic, fitting_rules
from planner.plan.advice.repairs import Around, Candidate, Repair, repairs

__all__ = ["Around", "Candidate", "Clash", "Repair", "arithmetic", "fitting_rules", "repairs"]
