"""A project opened: every file that it names is read here, once, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import geopandas as gpd

from planner.api.people import People, people_behind, people_in
from planner.api.progress import Clock
from planner.demand.ground import Ground, completed, read_ground
from planner.demand.locate import Located, locate
from planner.demand.ties.bind import Strengths, strengths_in
from planner.demand.trust import trusted
from planner.errors import Finding, InputError
from planner.files import free_file, free_folder, held, mark_as_read
from planner.intake.fences.read import survey_fences
from planner.intake.online.consent import Online, Pace
from planner.intake.online.estimate import Estimate
from planner.intake.residents import Residents, read_residents
from planner.intake.sheets.formats.grids import opened_once
from planner.intake.tie_sheet import TieSheet, read_ties
from planner.intake.venue_sheet import Venues, read_venues
from planner.intake.who_serves import Serving, who_serves
from planner.intake.wish_sheet import WishSheet, read_wishes
from planner.model.given import Source
from planner.model.project import Project
from planner.model.schema import HOUSEHOLDS, MEMBERS, TIES, Table
from planner.model.service_sheets import VENUES, WISHES
from planner.plan.guiding import Guides, read_guides
from planner.plan.store.plans import plan_file

__all__ = [
    "AtHand",
    "Estimate",
    "Online",
    "Opened",
    "alone",
    "free_file",
    "free_folder",
    "online_of",
    "open_project",
]


@dataclass(frozen=True, eq=False)
class Opened:
    """What a run starts from: the project, and what its files hold.

    Parameters
    ----------
    project : Project
        Rules, search, prices; its paths are not looked at again.
    fences : GeoDataFrame or None
        Polygons with a column ``fence``; else the residents' community is the fence.
    kinds : mapping of str to str
        Centre that is no household -> what it is.
    wishes : WishSheet or None
        Who wishes for which centre.
    venues : Venues or None
        Where people can go, with opening hours.
    ties : TieSheet or None
        Who belongs together, and who is to be kept apart.
    strengths : mapping or None
        Id of each member -> what the member is good at; read where talents are asked for.
    guides : tuple of Guides
        Who can look after the centres, and so on up.
    people : People or None
        Everybody whom the sheets name, for the gate; None where that is not known.
    most : mapping of str to float
        Member -> the most homes that it can look after, where its sheet says so.
    zones : mapping of str to pair of float
        Centre -> the fewest and the most homes of its zone, where its sheet says so.
    """

    project: Project
    households: Residents
    members: Residents
    ground: Ground
    fences: gpd.GeoDataFrame | None = None
    ties: TieSheet | None = None
    strengths: Strengths | None = None
    guides: tuple[Guides, ...] = ()
    findings: tuple[Finding, ...] = ()
    people: People | None = field(default=None, repr=False)
    most: Mapping[str, float] = field(default_factory=dict, repr=False)
    zones: Mapping[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    kinds: Mapping[str, str] = field(default_factory=dict, repr=False)
    wishes: WishSheet | None = field(default=None, repr=False)
    venues: Venues | None = field(default=None, repr=False)

    @property
    def datum(self) -> str | None:
        """What the sheets' lon/lat are declared to be in; None is WGS-84, and the ground must agree."""
        return self.project.inputs.datum

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Bare name and SHA-256 of each file of people."""
        ties = self.ties.sources if self.ties is not None else ()
        return (*self.households.sources, *self.members.sources, *ties)

    def believed(self) -> Self:
        """Hold the coordinates against the ground, the addresses and one another.

        Raises `DatumError`: they are in another datum than was declared.
        """
        home = trusted(self.households, self.ground, datum=self.datum)
        people = trusted(self.members, self.ground, datum=self.datum, beside=home)
        return replace(self, households=home.residents, members=people.residents)

    def placed(self, online: Online | None, clock: Clock) -> Located:
        """Find a place for everyone.

        Raises `NetworkError`: the streets are those of another place.
        """
        pace = Pace()

        def tell(done: int, total: int) -> None:
            clock.tell("geocode", done / max(total, 1), pace(done, total))

        found = locate(
            self.households, self.members, self.ground, self.fences, online=online, progress=tell
        )
        columns: dict[str, list[float]] = {}
        none, ids = float("nan"), [str(who) for who in found.members["id"]]
        if self.most:
            columns["most"] = [self.most.get(who, none) for who in ids]
        if self.zones:
            columns["zone_low"] = [self.zones.get(who, (none, none))[0] for who in ids]
            columns["zone_high"] = [self.zones.get(who, (none, none))[1] for who in ids]
        return replace(found, members=found.members.assign(**columns)) if columns else found


@dataclass(frozen=True, eq=False)
class AtHand:
    """What a caller has read already, in place of what the project names."""

    households: Residents | None = None
    members: Residents | None = None
    ground: Ground | None = None


def open_project(
    project: Project,
    clock: Clock,
    *,
    people_only: bool = False,
    at_hand: AtHand | None = None,
    beside: Iterable[tuple[Source, Table]] = (),
) -> Opened:
    """Read every file that a project names.

    `clock`: told of the stages ``read`` and ``ground``.
    `beside`: tables besides that may name people, and what each should be.
    `people_only`: only who lives where: no fences, ties, talents or guides.
    `at_hand`: what need not be read.
    Raises `InputError`, `NetworkError`, `ConfigError`: a file cannot be used as it is.
    """
    inputs, ready = project.inputs, at_hand or AtHand()
    mark_as_read(*project.files)
    with opened_once():
        with clock.stage("read"):
            households = ready.households or read_residents(
                inputs.households, inputs.told(HOUSEHOLDS)
            )
            serving = _members(project, ready)
            members = serving.residents
            # a review asks where people live, and needs no file that may be faulty
            if people_only:
                return Opened(project, households, members, read_ground(inputs, households.kept))
            fences = (
                None
                if inputs.fences is None
                else survey_fences(inputs.fences, datum=inputs.fences_datum)
            )
            ties = None if inputs.ties is None else read_ties(inputs.ties, told=inputs.told(TIES))
            asked = bool(project.affinity.talents) or any(s.talents for s in project.shares)
            if asked and ready.members is not None:
                raise InputError.of("talents-need-table")
            strengths = strengths_in(inputs.member_files, members) if asked else None
            guides = read_guides(project.levels, inputs.member_files, members)
            people = (
                people_in(project, (households, members), beside)
                if ready.households is None and ready.members is None
                else people_behind(project, (households, members), beside)
            )
        with clock.stage("ground"):
            ground = ready.ground and completed(ready.ground, inputs)
            ground = ground or read_ground(inputs, households.kept)
    layer, said = (None, ()) if fences is None else (fences.layer, fences.findings)
    return Opened(
        project,
        households,
        members,
        ground,
        layer,
        ties,
        strengths,
        guides,
        (*said, *serving.findings),
        people,
        serving.most,
        serving.zones,
        serving.kinds,
        *_beside(project),
    )


def _beside(project: Project) -> tuple[WishSheet | None, Venues | None]:
    """Read the sheets about the service that a plan itself takes into account."""
    inputs, wishes, venues = project.inputs, project.affinity.wishes, project.care.venues
    return (
        None if wishes is None else read_wishes(wishes, inputs.told(WISHES)),
        None
        if venues is None
        else read_venues(venues, inputs.told(VENUES), datum=inputs.homes_datum),
    )


def _members(project: Project, ready: AtHand) -> Serving:
    """Read the members who serve, the limits that some have for themselves, and who does not."""
    inputs = project.inputs
    if ready.members is not None:
        return Serving(ready.members, {})
    read = read_residents(inputs.members, inputs.told(MEMBERS))
    return who_serves(inputs.members, read, project.rules.excused_age)


def online_of(
    project: Project, consent: Callable[[Estimate], bool] | None = None, *, offline: bool = False
) -> Online | None:
    """Give the online service that a project names; offline it gives kept answers alone.

    Raises `ConfigError`: the section ``[online]`` is wrong.
    """
    online = Online.of(project, consent)
    return online.offline() if online and offline else online


@contextmanager
def alone(out: str | Path, plan: str | Path | None = None) -> Iterator[None]:
    """Keep other runs off the folder of a new plan, and off the plan that it is made from.

    Two runs on one plan would make two plans that both follow it, and each forget what the other did.

    Raises
    ------
    OutputError
        Another run is at work there; it says which, and since when.
    """
    before = None if plan is None else plan_file(plan).parent
    # a plan that is not there is told by its reader, and no folder is made for it
    with held(*([before] if before is not None and before.is_dir() else []), Path(out)):
        yield
