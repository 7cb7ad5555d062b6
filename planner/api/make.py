"""The verb for tables that are at hand: households, members and streets become a plan.

Whatever is handed in, file or frame, goes through the door by which a project's files go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypedDict, TypeVar, Unpack

from planner.api.opening import AtHand, open_project
from planner.api.plan import Plan
from planner.api.progress import Clock, Listener
from planner.api.task import Task, Wishes
from planner.api.zone import zoned
from planner.demand.ground import Ground
from planner.errors import ConfigError
from planner.intake.residents import Residents
from planner.model.inputs import Inputs, read_tables_told
from planner.model.project import Affinity, Project, Search
from planner.model.rules import RuleBook
from planner.model.schema import PREVIOUS
from planner.model.section import read_section, refuse_unknown
from planner.network.streets.cut import box_of

__all__ = ["More", "make_plan"]

T = TypeVar("T")
_READ: Final = Path("at-hand")
"""Stands for what is no file and no frame any more: residents that were read, a network."""


class More(TypedDict, total=False):
    """What `make_plan` takes besides; a source is a path or a frame."""

    fences: Any
    buildings: Any
    aliases: Any
    ties: Any
    links: Any
    barriers: Any
    accepted: str | Path
    datum: str
    buildings_datum: str
    fences_datum: str
    streets_datum: str
    detour_factor: float
    bounds: Any
    columns: Mapping[str, Mapping[str, str]]
    sheets: Mapping[str, Any]
    affinity: Affinity | Mapping[str, Any]
    move_price_m: float
    fit_rules: bool
    allow_missing_centres: bool
    listener: Listener


_OF_INPUTS: Final = (
    "fences", "buildings", "aliases", "ties", "links", "barriers", "accepted", "datum", "buildings_datum",
    "fences_datum", "streets_datum", "detour_factor",
)  # fmt: skip
_OF_WISHES: Final = ("move_price_m", "fit_rules", "allow_missing_centres")
_NAMED: Final = ("households", "members", "streets", "rules", "search", "previous", "title")


def make_plan(
    households: Any,
    members: Any,
    streets: Any = None,
    *,
    rules: RuleBook | str | Path | Mapping[str, Any] | None = None,
    search: Search | Mapping[str, Any] | None = None,
    previous: Any = None,
    title: str = "",
    **more: Unpack[More],
) -> Plan:
    """Make zones for residents on walkable ground.

    Parameters
    ----------
    households, members : path, DataFrame, GeoDataFrame, several of these, or Residents
        What `read_households` and `read_members` read, or give.
    streets : path, GeoDataFrame, networkx graph, WalkingNetwork, Extract or Ground, optional
        What is walked on, and where addresses are looked up: an OpenStreetMap extract; or lines, or a
        network, for homes that come with coordinates.  Without it ``detour_factor`` must be given.
    rules : RuleBook, str, path or mapping, optional
        A rule book, the name of a profile, a TOML file, or numbers that override the default profile.
    search : Search or mapping, optional
        When to stop; the seed.
    previous : Plan, path, DataFrame or Series, optional
        The plan that stands now: homes that change hands are charged for.  A table has the columns
        编号/id and 中心户/centre; a series has the ids as its labels.
    title : str
        Heading of the map and the summary.
    **more
        ``fences, buildings, aliases, ties, links, barriers`` (paths or frames), ``accepted, datum,
        buildings_datum, fences_datum, streets_datum, detour_factor, bounds, columns, sheets``: as in the
        project file's ``[inputs]``, ``[columns]`` and ``[sheets]``; ``affinity`` as its section;
        ``move_price_m, fit_rules, allow_missing_centres`` (true unless stated) as `planner.run` takes
        them; ``listener``: told of progress.

    Returns
    -------
    Plan
        Checked by `planner.model.audit`, whose figures it carries.

    Raises
    ------
    InputError, SchemaError, SheetError
        A table cannot be used as it is; every fault is told with its frame or file, row and column.
    ConfigError
        Nobody is marked as a centre, or a value is none that can be meant.
    DatumError
        The coordinates are in another datum than was declared.
    NetworkError
        The streets cannot be used, or do not cover the homes.
    InfeasibleError
        Hard rules cannot hold together.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"id": ["a", "b"], "lon": [117.0, 117.001], "lat": [32.6, 32.6]})
    >>> members = homes.head(1).assign(centre=True)
    >>> planner.make_plan(homes, members, detour_factor=1.3).zones["households"].tolist()
    [2]
    """
    asked: dict[str, Any] = dict(more)
    known = (*_OF_INPUTS, "bounds", "columns", "sheets", "affinity", *_OF_WISHES, "listener")
    refuse_unknown(asked, (*known, *_NAMED), "make_plan")
    clock = Clock.of(asked.get("listener"))
    told = {name: asked[name] for name in _OF_INPUTS if name in asked}
    told |= read_tables_told(asked.get("columns") or {}, asked.get("sheets") or {}, "make_plan")
    ready = streets is not None and not _is_source(streets)
    at_hand = AtHand(
        households if isinstance(households, Residents) else None,
        members if isinstance(members, Residents) else None,
        Ground.of(streets) if ready else None,
    )
    if asked.get("bounds") is not None:
        told["bounds"] = box_of(asked["bounds"])
    told["households"] = _READ if at_hand.households else households
    told["members"] = _READ if at_hand.members else members
    project = Project(
        Inputs(**told, streets=None if ready else streets),
        RuleBook.of(rules),
        _section(Search, search, "search"),
        title=title,
        affinity=_section(Affinity, asked.get("affinity"), "affinity"),
    )
    taken = {name: asked[name] for name in _OF_WISHES if name in asked}
    wishes = replace(Wishes(previous, allow_missing_centres=True), **taken)
    before = wishes.previous_plan(project.inputs.told(PREVIOUS))
    return zoned(Task(open_project(project, clock, at_hand=at_hand), wishes, before), clock)


def _is_source(value: Any) -> bool:
    """Tell a path or a frame of lines from ground that is ready to be walked on."""
    made = isinstance(value, Ground) or hasattr(value, "walks") or hasattr(value, "ways")
    return not made and not hasattr(value, "adjacency")


def _section(kind: type[T], value: Any, name: str) -> T:
    """Take a section of the project file as the value that it is, or as a mapping of its lines."""
    if isinstance(value, kind):
        return value
    if value is None:
        return kind()
    if not isinstance(value, Mapping):
        raise ConfigError.of(
            "not-a-section", name=name, kind=kind.__name__, value=type(value).__name__
        )
    return kind(**read_section(kind, value, name))
