"""What passes between a plan and other programs: layers and figures, each for its audience; other answers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from planner.api.people import seal_of
from planner.errors import OutputError
from planner.files import atomic_write
from planner.model.problem import Problem
from planner.model.tables import PlanTables
from planner.privacy import SEAL, Secrets, released
from planner.privacy.audience import Audience, audience_of
from planner.privacy.person import People
from planner.render.card import card_html, explored, plotted
from planner.render.shareable import geojson_of, kml_of, parquet_of
from planner.render.text.summary import summary_markdown

__all__ = ["PlanViews", "Report"]


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The summary of a plan for a meeting, in Chinese and English.

    Parameters
    ----------
    text : str
        Markdown; Jupyter shows it as such.
    """

    text: str

    def save(self, path: str | Path) -> Path:
        """Write the text, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Ends in ``.md``.

        Raises
        ------
        OutputError
            It cannot be written, or something else stands there.
        """
        if Path(path).suffix.lower() != ".md":
            raise OutputError.of("report-name", name=Path(path).name)
        return atomic_write(path, self.text.encode())

    def _repr_markdown_(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Report: {len(self.text.splitlines())} lines>"


class PlanViews(PlanTables):
    """The tables of a plan, and what passes between them and other programs."""

    @classmethod
    def from_assignment(
        cls,
        problem: Problem,
        assignment: Any,
        *,
        plan: PlanTables | None = None,
        units: Any = None,
        centres: Any = None,
        bound_m: float | None = None,
    ) -> Self:
        """Take the answer of another solver, and audit it as one's own.

        Parameters
        ----------
        problem : Problem
            ``plan.problem``, or one of `Problem.from_frames`.
        assignment : array_like of int, Series, mapping or DataFrame
            Position of the centre of each unit, -1 for none; or ids of centres by ids of units.
        plan : Plan, optional
            A plan of the same problem: its people, places and bound are taken.
        units, centres : DataFrame, optional
            The tables of `Problem.from_frames`: ids, and places (``lon, lat``, or geometry) to be drawn.
        bound_m : float, optional
            What is proven of any plan of the problem; nothing is believed of a plan itself.

        Returns
        -------
        Plan
            ``certificate`` is the audit: value, rules broken, zones that fall apart.

        Raises
        ------
        InputError
            It is no assignment of this problem.
        """
        from planner.plan.outside import from_outside

        made = from_outside(
            problem, assignment, plan, units=units, centres=centres, bound_m=bound_m
        )
        if plan is None:
            # tables of numbers name nobody, and the gate is told so
            made = replace(made, provenance={**made.provenance, SEAL: seal_of(People())})
        return cls(**{f.name: getattr(made, f.name) for f in fields(PlanTables)})

    def plot(
        self, ax: Any = None, *, audience: Audience | str = Audience.MEETING, **how: Any
    ) -> Any:
        """Draw the zones with matplotlib: their colours and numbers, no homes.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; axes of their own by default.
        audience : {"meeting", "public", "internal"}
            Whose outlines: the public is given coarse ones.
        **how
            Passed on to `GeoDataFrame.plot`.

        Returns
        -------
        Axes
            In degrees, EPSG:4326.

        Raises
        ------
        MissingExtraError
            matplotlib is not installed.
        """
        return plotted(self, audience_of(audience), ax, **how)

    def explore(
        self, *, audience: Audience | str = Audience.MEETING, people: People | None = None
    ) -> Any:
        """Give the zones on a `folium.Map`, to add layers of one's own to; it asks no server for anything.

        Parameters
        ----------
        audience : {"meeting", "public", "internal"}
            What the zones may tell; see `to_geojson`.
        people : People, optional
            What the gate shall know besides ids; on a public map the centres' names come from it.

        Returns
        -------
        folium.Map

        Raises
        ------
        PrivacyError
            What the zones tell is more than the audience may know.
        """
        return explored(self, audience_of(audience), people)

    def report(self, *, people: People | None = None) -> Report:
        """Tell the plan in words, as ``summary.md`` does.

        Parameters
        ----------
        people : People, optional
            What the gate shall know besides ids.

        Returns
        -------
        Report
            Shows itself in Jupyter; ``.text`` and ``.save(path)``.

        Raises
        ------
        PrivacyError
            The text holds what a meeting must not see.
        """
        text = summary_markdown(self)
        released(text.encode(), "summary.md", Audience.MEETING, Secrets.of(self, people))
        return Report(text)

    def to_geojson(
        self,
        path: str | Path | None = None,
        *,
        layer: str = "zones",
        audience: Audience | str = Audience.MEETING,
        people: People | None = None,
        replacing: bool = False,
    ) -> str | Path:
        """Write a layer as GeoJSON, or give it as text.

        Parameters
        ----------
        path : str or Path, optional
            Where to write it; the text is given back if None.
        layer : str
            ``zones``; for a meeting ``centres`` too, and for the office itself ``units, households, gaps``.
        audience : {"meeting", "public", "internal"}
            Who it is for: a meeting is told rounded counts, the public coarse outlines too.  An internal file
            is readable by its owner alone.
        people : People, optional
            From `planner.people_of`: what the gate shall know, and names of the centres for the public.
        replacing : bool
            What stands there may go although it was edited since.

        Returns
        -------
        str or Path

        Raises
        ------
        ConfigError
            The audience is given no such layer.
        PrivacyError
            The finished file holds what its audience must not see.
        OutputError
            It cannot be written.
        """
        to = audience_of(audience)
        data = geojson_of(self, to, layer, people)
        return data.decode() if path is None else _written(path, data, ".geojson", to, replacing)

    def to_kml(
        self,
        path: str | Path | None = None,
        *,
        layer: str = "zones",
        audience: Audience | str = Audience.MEETING,
        people: People | None = None,
        title: str | None = None,
        replacing: bool = False,
    ) -> str | Path:
        """Write a layer as KML, coloured and named, for phones and earth viewers.

        Parameters
        ----------
        path, layer, audience, people, replacing
            See `to_geojson`.
        title : str, optional
            Name of the document; the plan's own by default.

        Returns
        -------
        str or Path

        Raises
        ------
        ConfigError, PrivacyError, OutputError
            See `to_geojson`.
        """
        to = audience_of(audience)
        data = kml_of(self, to, layer, people, title=title)
        return data.decode() if path is None else _written(path, data, ".kml", to, replacing)

    def to_parquet(
        self,
        path: str | Path,
        *,
        layer: str = "zones",
        audience: Audience | str = Audience.MEETING,
        people: People | None = None,
        replacing: bool = False,
    ) -> Path:
        """Write a layer as GeoParquet.

        Parameters
        ----------
        path, layer, audience, people, replacing
            See `to_geojson`.

        Returns
        -------
        Path

        Raises
        ------
        MissingExtraError
            pyarrow is not installed.
        ConfigError, PrivacyError, OutputError
            See `to_geojson`.
        """
        to = audience_of(audience)
        return _written(path, parquet_of(self, to, layer, people), ".parquet", to, replacing)

    def _repr_html_(self) -> str:
        return card_html(self)


def _written(
    path: str | Path, data: bytes, ending: str, audience: Audience, replacing: bool
) -> Path:
    """Write a layer; its name says what it is, since that is how the writer knows its own files."""
    if Path(path).suffix.lower() != ending:
        raise OutputError.of("layer-name", name=Path(path).name, ending=ending)
    private = audience is Audience.INTERNAL
    return atomic_write(path, data, private=private, replacing=replacing)
