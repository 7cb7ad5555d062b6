"""The search for zones: connected, within the rules, with a proof of how good they are.

Start at `planner.solve.zones.search.solve`.  Numbers come in (`planner.model.problem.Problem`) and go out
(`planner.model.problem.Result`); nothing here knows a name, a table or a shape.
"""

from __future__ import annotations
