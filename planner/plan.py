"""A finished plan: its tables, and the verbs that draw, tell, store and read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from planner.render.documents import roster_bytes
from planner.render.map import MapPage, map_page
from planner.render.outputs import write_files
from planner.render.report import summary, summary_json, summary_markdown
from planner.store import read_plan, store_plan
from planner.tables import PlanTables

__all__ = ["Plan"]


@dataclass(frozen=True, eq=False)
class Plan(PlanTables):
    """A finished plan.

    The tables are those of `PlanTables`; this class adds what one does with them.

    Examples
    --------
    >>> plan = planner.Plan.load("out/plan.gpkg")  # doctest: +SKIP
    >>> plan.map().save("out/map.html")  # doctest: +SKIP
    """

    @classmethod
    def of(cls, tables: PlanTables) -> Self:
        """Wrap plain tables."""
        return cls(**{f.name: getattr(tables, f.name) for f in fields(PlanTables)})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a plan file back.

        Parameters
        ----------
        path : str or Path
            A ``plan.gpkg`` written by `save`.

        Raises
        ------
        InputError
            The file is missing, damaged, or not a plan.
        """
        return cls.of(read_plan(path))

    def map(self, *, title: str | None = None) -> MapPage:
        """Draw the plan: one HTML page that needs no network.

        Returns
        -------
        MapPage
            Shows itself in Jupyter; ``.save(path)`` writes it.
        """
        return map_page(self, title=title)

    def save(self, folder: str | Path) -> dict[str, Path]:
        """Write the map, the plan file, the roster and the summaries.

        Each file appears whole or not at all; what was there before stays until then.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.

        Returns
        -------
        dict of str to Path
            ``map.html, plan.gpkg, roster.xlsx, summary.json, summary.md`` and where each one lies.

        Raises
        ------
        OutputError
            The folder cannot be written; nothing half-written is left.
        """
        return write_files(
            Path(folder),
            {
                "plan.gpkg": lambda path: store_plan(self, path),
                "map.html": self.map().html.encode(),
                "roster.xlsx": roster_bytes(self),
                "summary.json": summary_json(self).encode(),
                "summary.md": summary_markdown(self).encode(),
            },
        )

    def apply(
        self,
        changes: str | Path | bytes,
        *,
        complete: bool = False,
        seconds: float = 60.0,
        by: str = "",
        when: datetime | None = None,
    ) -> Plan:
        """Apply what was changed on the map of this plan.

        Parameters
        ----------
        changes : path or bytes
            The ``changes.json`` that the map exported.
        complete : bool
            Solve the rest again; what was moved or locked stays.
        seconds : float
            Longest search with `complete`.
        by : str
            The office that decided, for the plan's history; never a person.
        when : datetime, optional
            Time of recording; now by default.

        Returns
        -------
        Plan
            With one more entry in ``provenance["history"]``.

        Raises
        ------
        InputError
            The changes do not fit this plan.
        InfeasibleError, PlannerError
            What comes of them is no plan: see `planner.changes.apply_changes`.
        """
        from planner.changefile import read_changes
        from planner.changes import apply_changes
        from planner.solve.search import Stop

        made = apply_changes(
            self,
            read_changes(changes),
            complete=complete,
            stop=Stop(seconds=seconds),
            seed=int(self.provenance.get("seed") or 0),
            by=by,
            when=when,
        )
        return Plan.of(made)

    def summary(self) -> Mapping[str, Any]:
        """Give the figures of ``summary.json`` as plain values."""
        return summary(self)

    def _repr_html_(self) -> str:
        return self.map()._repr_html_()

    def __repr__(self) -> str:
        c = self.certificate
        return (
            f"<Plan: {len(self.households)} households, {len(self.zones)} zones, {len(self.gaps)} gaps, "
            f"{c.cost_m:,.0f} m walked, proven within {100 * c.optimality_gap:.2f} % of the best>"
        )
