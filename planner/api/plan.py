"""A finished plan: its tables, and the verbs that draw, tell, store and read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from planner.api.covering import Coverage, Covers
from planner.api.people import require_office
from planner.api.release import Guarded
from planner.api.views import PlanViews
from planner.errors import ConfigError, InputError, PrivacyError
from planner.files import Content, mark_as_read, write_files
from planner.model.proof.verify import Verification, verify
from planner.model.tables import PlanTables
from planner.plan.compare import Comparison, compared
from planner.plan.frames import assignment_of
from planner.plan.ledger import ledger_lines
from planner.plan.lookup import Lookup, Place, look_up
from planner.plan.store import read_plan, store_plan
from planner.plan.store.plans import plan_file
from planner.privacy import Secrets, released
from planner.privacy.audience import AUDIENCE_OF, Audience, audience_of
from planner.privacy.person import People
from planner.render.books.roster import roster_bytes
from planner.render.map.basemap import basemap_of
from planner.render.map.care_layer import beside_plan
from planner.render.map.page import MapPage, map_page
from planner.render.map.pair import compare_page
from planner.render.text.figures import summary, summary_json
from planner.render.text.level_words import level_words
from planner.render.text.summary import summary_markdown
from planner.render.text.words import drift_words, proof_words, rule_words

__all__ = [
    "AUDIENCE_OF",
    "Audience",
    "Lookup",
    "Place",
    "Plan",
    "audience_of",
    "drift_words",
    "handed_out",
    "ledger_lines",
    "level_words",
    "proof_words",
    "rule_words",
]


@dataclass(frozen=True, eq=False)
class Plan(Covers, Guarded, PlanViews):
    """A finished plan.

    The tables are those of `PlanTables`; this class adds what one does with them, `Covers` what one asks
    about who is reached, `PlanViews` what it shows of itself.

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
            A ``plan.gpkg`` written by `save`, or the folder it lies in.

        Raises
        ------
        InputError
            The file is missing, damaged, or not a plan.
        """
        file = plan_file(path)
        mark_as_read(file, plan=True)
        return cls.of(read_plan(file))

    def map(
        self,
        *,
        audience: Audience | str = Audience.MEETING,
        title: str | None = None,
        people: People | None = None,
        against: PlanTables | None = None,
        coverage: Coverage | None = None,
        basemap: str | None = None,
    ) -> MapPage:
        """Draw the plan: one HTML page that needs no network.

        Parameters
        ----------
        audience : {"meeting", "public", "internal"}
            Who it is for; see `planner.privacy.audience`.  An internal map holds the roster and is
            watermarked.
        title : str, optional
            Heading; the plan's own by default.
        people : People, optional
            From `planner.api.people.people_of`: names, which no plan holds.
        against : Plan, optional
            The plan before: both are drawn in one page, with what changes hands; for a meeting only.
        coverage : Coverage, optional
            From `coverage`: bands and care households as layers of an internal map; on a public one the
            share of care households within each band, on a meeting's needs by kind, where there are enough.
        basemap : str, optional
            ``tianditu``, or the address of tiles on WGS-84: the page then asks for them when it is opened,
            and says so.  None by default: a map makes no request.

        Returns
        -------
        MapPage
            Shows itself in Jupyter; ``.save(path)`` writes it.

        Raises
        ------
        ConfigError
            There is no such audience, or it is not given such a page.
        PrivacyError
            The finished page holds what its audience must not see; or nobody knows whom it must not name:
            see `sealed` and `release_unknown`.
        """
        to = audience_of(audience)
        if bool(self.units.geometry.is_empty.all()):
            raise InputError.of("plan-without-places")
        if against is None:
            tiles = basemap_of(basemap) if basemap else None
            care = None if coverage is None else beside_plan(self, coverage, to)
            near = None if coverage is None else coverage.open_shares
            shown = {"title": title, "people": people, "care": care, "basemap": tiles}
            return map_page(self, audience=to, shares=near, **shown)
        # the blocks of two plans are matched for one threshold, that of a meeting
        if to is not Audience.MEETING:
            raise ConfigError.of(
                "compare-for-meeting", audience=to.terms.en, audience_zh=to.terms.zh
            )
        if basemap:
            raise ConfigError.of("compare-without-basemap")
        return compare_page(self.compare(against), title=title)

    def compare(self, before: PlanTables) -> Comparison:
        """Hold this plan against an earlier one.

        Parameters
        ----------
        before : Plan
            The plan before.

        Returns
        -------
        Comparison
            ``.table()`` lists what changes hands, ``.figures()`` what each plan comes to; `map` with
            ``against`` draws it.
        """
        return compared(before, self)

    def diff(self, before: PlanTables) -> Mapping[str, Any]:
        """Tell what is different from an earlier plan, as plain values.

        Parameters
        ----------
        before : Plan
            The plan before; `undo` gives those of this plan's own history.

        Returns
        -------
        mapping
            ``changes`` (what was done in between, None where that is not known)``, same`` (bool)``, homes,
            buildings, centres, zones, members, rules, locks, figures, certificate, inputs``; see
            `planner.plan.diff.differences`.

        Raises
        ------
        InputError
            The plans have nothing in common.
        """
        from planner.api.rezone.account import diff

        return diff(before, self)

    def save(
        self, folder: str | Path, *, people: People | None = None, replacing: bool = False
    ) -> dict[str, Path]:
        """Write the map, the plan file, the roster and the summaries.

        Each file appears whole or not at all; what was there before stays until then.  The map and the
        summaries are for a meeting, and pass the privacy gate; the plan file and the roster are the
        office's own, and readable by their owner alone.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        people : People, optional
            Whom no file for others may name; the plan's own digests of them by default.
        replacing : bool
            What stands there may go although it was edited since, or is a plan that was read.

        Returns
        -------
        dict of str to Path
            ``map.html, plan.gpkg, roster.internal.xlsx, summary.json, summary.md`` and where each lies.

        Raises
        ------
        OutputError
            The folder cannot be written, or holds an input, an edited file or somebody else's under one
            of these names; nothing half-written is left.
        PrivacyError
            A file for a meeting holds what it must not, or nobody knows whom it must not name.  Then the
            plan file alone is written, so that no work is lost.
        """
        private = [name for name, to in AUDIENCE_OF.items() if to is Audience.INTERNAL]
        kept = self if people is None else self.sealed(people)
        # The plan is hours of work, and the gate may still refuse a street's name: it is written in
        # any case.
        own: dict[str, Content] = {"plan.gpkg": lambda path: store_plan(kept, path)}
        try:
            shown = self._released(people)
        except PrivacyError as refused:
            made = write_files(folder, own, private=private, replacing=replacing)
            where = made["plan.gpkg"]
            raise PrivacyError(
                refused.message,
                remedy=f"{refused.remedy}. The plan is kept in {where}",
                zh=refused.zh,
                remedy_zh=f"{refused.remedy_zh}；方案已保存在 {where}",
            ) from None
        return write_files(folder, {**own, **shown}, private=private, replacing=replacing)

    def _released(self, people: People | None) -> dict[str, Content]:
        """Make every file but the plan's own, each past the gate."""
        secrets = Secrets.of(self, people)
        made = {
            "roster.internal.xlsx": roster_bytes(self),
            "summary.json": summary_json(self).encode(),
            "summary.md": summary_markdown(self).encode(),
        }
        for name, data in made.items():
            released(data, name, AUDIENCE_OF[name], secrets)
        return {"map.html": self.map(people=people).html.encode(), **made}

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
            What comes of them is no plan: see `planner.plan.changes.apply_changes`.
        """
        from planner.plan.changefile import read_changes
        from planner.plan.changes import apply_changes
        from planner.solve.zones.search import Stop

        require_office(by, Secrets.of(self))
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

    def undo(self, steps: int = 1, *, to: int | None = None) -> Plan:
        """Go back to the plan before its last changes, from this plan alone.

        Parameters
        ----------
        steps : int
            Changes to undo: edits of a meeting and re-zonings; ``provenance["history"]`` lists them.
        to : int, optional
            In place of `steps`, how many changes stay: 0 for the plan as it was first made.

        Returns
        -------
        Plan
            As it was, to the last figure.

        Raises
        ------
        ConfigError
            Its history has no change of that number.
        InputError
            The plan does not keep as many, or what it keeps is damaged.
        """
        from planner.plan.store.past import restored

        total = len(self.provenance.get("history") or ())
        if to is not None and not 0 <= to <= total:
            raise ConfigError.of("undo-nothing", to=to, n=total)
        return Plan.of(restored(self, steps if to is None else total - to))

    def verify(self, *, seconds: float = 120.0) -> Verification:
        """Prove the bound again, by a program that shares no code with the search.

        Parameters
        ----------
        seconds : float
            Time after which no more is proven.

        Returns
        -------
        Verification
            What the plan claims and what was proven; see `planner.model.proof.verify`.

        Raises
        ------
        PlannerError
            The zones are no plan of the problem that the file holds.
        """
        # the search's prices are a hint: the verifier proves with them, and needs not believe them
        prizes = {u: x for part in self.parts for u, x in zip(part.unit, part.prize, strict=False)}
        plan = assignment_of(self)
        return verify(self.problem, plan, self.certificate, prizes, seconds=seconds)

    def lookup(self, text: str) -> Lookup:
        """Tell whose zone an address lies in, and the walk to its centre.

        Parameters
        ----------
        text : str
            An address, or ``lon,lat`` in degrees WGS-84.

        Returns
        -------
        Lookup
            Where the text fits places of several zones all are told, and none is chosen.
        """
        return look_up(self, text)

    def summary(self) -> Mapping[str, Any]:
        """Give the figures of ``summary.json`` as plain values."""
        return summary(self)

    def __repr__(self) -> str:
        c = self.certificate
        return (
            f"<Plan: {len(self.households)} households, {len(self.zones)} zones, {len(self.gaps)} gaps, "
            f"{c.cost_m:,.0f} m walked, proven within {100 * c.optimality_gap:.2f} % of the best>"
        )


def handed_out(earlier: Iterable[Path]) -> Iterator[str | MapPage]:
    """Give the pages that were handed out before, for `MapPage.beside`; of a plan the one that it draws.

    Raises `InputError`: a file is missing, or is no text.
    """
    for nth, path in enumerate(earlier, 1):
        if path.suffix.lower() not in (".html", ".htm"):
            # drawn to be held against a page, not to be handed out
            yield replace(Plan.load(path), waived=True).map()
            continue
        mark_as_read(path)
        try:
            yield path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise InputError.of("no-meeting-page", nth=nth) from None
