"""The levels above the centres, filled: each centre gets a mentor, each mentor a leader, and so on.

Every level is the same problem as the staffing of a zone, and goes through the same machinery: who is
below is shared out among who is above, within floors and ceilings, by the shortest walks together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.demand.ground import Ground
from planner.demand.locate import Located, locate
from planner.demand.trust import trusted
from planner.errors import ConfigError, Finding, InputError, NetworkError
from planner.intake.nominations import read_nominations
from planner.intake.residents import Residents, read_members
from planner.model.arrays import Bools, Floats, Ints
from planner.model.given import Source, sources_of
from planner.model.levels import CENTRES, MENTOR, Level, LevelOutcome, audit_level
from planner.model.tables import PlanTables
from planner.network import Network, Snaps
from planner.solve.staff import staff

__all__ = ["Guides", "even_limits", "guided", "read_guides"]


@dataclass(frozen=True, eq=False)
class Guides:
    """Those who can look after a level.

    `listed`: ``id`` and ``capacity`` (the most that one may have, NaN if nothing is said), sorted by
    id.
    `residents`: as read from their own sheet; None where they are members of the plan.
    """

    level: Level
    listed: pd.DataFrame
    residents: Residents | None
    findings: tuple[Finding, ...] = ()


def read_guides(
    levels: Sequence[Level], sheets: Source | Iterable[Source], members: Residents
) -> tuple[Guides, ...]:
    """Read who can look after each level; `sheets`: those of the members.

    Raises `ConfigError`: nobody is there for a level.
    Raises `SheetError`, `SchemaError`: a sheet cannot be read.
    """
    paths = sources_of(sheets, "members")
    return tuple(_guides(level, paths, members) for level in levels)


def _guides(level: Level, sheets: Sequence[Source], members: Residents) -> Guides:
    if level.sheet is None and level.name != MENTOR:
        raise ConfigError.of("level-nobody-listed", name=level.name)
    own = None if level.sheet is None else read_members(level.sheet)
    people = members if own is None else own
    known = read_nominations(sheets if level.sheet is None else level.sheet, people)
    frame = known.frame.assign(id=people.kept["id"].to_numpy())
    if own is None:
        frame = frame[frame["mentor"]]
    listed = frame[["id", "capacity"]].drop_duplicates("id").sort_values("id", ignore_index=True)
    if not len(listed):
        where = ", ".join(path.name for path in ([level.sheet] if level.sheet else sheets))
        raise ConfigError.of(
            "level-sheet-without",
            name=level.name,
            where=where,
            title=level.title,
            title_zh=level.title_zh,
        )
    return Guides(level, listed, own, () if own is None else (*own.findings, *known.findings))


@dataclass(frozen=True, eq=False)
class _Placed:
    """People of one level on the network."""

    id: NDArray[np.object_]
    unit: Ints
    snaps: Snaps
    capacity: Floats


def guided(
    tables: PlanTables,
    guides: Sequence[Guides],
    located: Located,
    demand: Demand,
    ground: Ground,
    *,
    datum: str | None = None,
) -> PlanTables:
    """Fill the levels of a plan.

    Parameters
    ----------
    guides : sequence of Guides
        From `read_guides`, lowest level first; each after the one that it looks after.
    ground : Ground
        What is walked on; where addresses of other sheets are looked up, never online.
    datum : str, optional
        What lon/lat of the sheets are in; see `planner.demand.trust.trusted`.

    Returns
    -------
    PlanTables
        `zones` gains two columns a level: who looks after the zone's centre (or after who does, for a
        level further up), called as the level is, and the walk ``<name>_walk_m``.  ``provenance["levels"]``
        holds each `LevelOutcome`, counted again after the fact, without anybody's id.

    Raises
    ------
    InputError
        Nobody of a level has a place on the map.
    """
    if not guides:
        return tables
    centre = demand.centres["unit"].to_numpy(np.int64)
    none = np.full(len(centre), np.nan)
    ids = demand.centres["centre_id"].to_numpy(object)
    placed = {CENTRES: _Placed(ids, centre, demand.snaps.take(centre), none)}
    # Whom each zone belongs to on each level, as positions there.
    chain = {CENTRES: np.arange(len(centre))}
    columns: dict[str, NDArray[np.object_] | Floats] = {}
    outcomes: list[LevelOutcome] = []
    said: list[Finding] = []
    for one in guides:
        level, below = one.level, placed[one.level.below]
        people, unplaced = _place(one, located, demand, ground, datum)
        given, low, high = _filled(level, below, people, ground.network)
        # Measured the other way round, and one by one, so that an error above cannot hide here.
        walk = _measured(below, people, given, ground.network)
        outcome = audit_level(
            level, given, walk, len(people.id), low=low, high=high, ceiling=people.capacity
        )
        said += [*unplaced, *_told(outcome)]
        at = chain[level.below]
        placed[level.name], chain[level.name] = people, given[at]
        columns[level.name] = people.id[given[at]]
        columns[f"{level.name}_walk_m"] = np.round(walk[at], 1)
        outcomes.append(outcome)
    # zones are in the order of the plan, people in that of the demand
    order = pd.Index(ids).get_indexer(pd.Index(tables.zones["centre_id"]))
    zones = tables.zones.assign(**{name: values[order] for name, values in columns.items()})
    note = {**tables.provenance, "levels": [asdict(o) for o in outcomes]}
    return replace(tables, zones=zones, provenance=note, findings=(*tables.findings, *said))


def _place(
    guides: Guides, located: Located, demand: Demand, ground: Ground, datum: str | None
) -> tuple[_Placed, list[Finding]]:
    """Find where the people of a level live; who has no place is told of, and left out."""
    level, said = guides.level, list(guides.findings)
    if guides.residents is None:
        frame, unit = located.members, demand.member_unit.astype(np.int64)
    else:
        frame = _located(trusted(guides.residents, ground, datum=datum).residents, level, ground)
        unit = np.full(len(frame), -1)
    found = pd.DataFrame(
        {name: frame[name].to_numpy() for name in ("id", "lon", "lat")} | {"unit": unit}
    )
    if guides.residents is None:
        found = found[found["unit"] >= 0]
    found = found[np.isfinite(found["lon"].astype(float)) & np.isfinite(found["lat"].astype(float))]
    people = guides.listed.merge(found.drop_duplicates("id"), on="id", how="inner")
    lost = len(guides.listed) - len(people)
    if lost:
        said.append(Finding.of("level-without-place", n=lost, who=level.name, zh=level.title_zh))
    if not len(people):
        raise _nobody(level)
    lon, lat = people["lon"].to_numpy(float), people["lat"].to_numpy(float)
    capacity = people["capacity"].to_numpy(float)
    snaps = ground.network.snap(lon, lat)
    ids, units = people["id"].to_numpy(object), people["unit"].to_numpy(np.int64)
    return _Placed(ids, units, snaps, capacity), said


def _nobody(level: Level) -> InputError:
    return InputError.of("level-nobody-placed", name=level.name, title_zh=level.title_zh)


def _located(people: Residents, level: Level, ground: Ground) -> pd.DataFrame:
    nobody = replace(people, kept=people.kept.iloc[:0], held=people.held.iloc[:0], findings=())
    try:
        return locate(people, nobody, ground, None).households
    except NetworkError:
        raise _nobody(level) from None


def even_limits(
    clients: int, capacity: Floats, low: int | None, high: int | None
) -> tuple[int | None, int | None]:
    """Find floor and ceiling where the project states neither: as even as the capacities allow.

    `capacity`, shape (n_people,): the most that each may have; NaN for no limit.
    `low` and `high`: what the project states; one of them is enough.
    """
    if low is not None or high is not None or not len(capacity):
        return low, high
    room = np.where(np.isfinite(capacity), np.floor(capacity), np.inf)
    level = -(-clients // len(room))
    # Whoever has no room for an even share passes the rest on to the others.
    while np.minimum(room, level).sum() < clients and (room > level).any():
        level += 1
    return clients // len(room), level


def _filled(
    level: Level, below: _Placed, people: _Placed, network: Network
) -> tuple[Ints, int | None, int | None]:
    """Share those below out among the people of a level."""
    low, high = even_limits(len(below.id), people.capacity, level.low, level.high)
    # Every pair, without a limit: levels are few people far apart, and someone must have each of
    # them.
    walk = np.full((len(below.id), len(people.id)), np.inf)
    found = network.walks(people.snaps, below.snaps, limit_m=None)
    walk[found.target, found.source] = found.walk_m
    walk[_same_home(below, people)] = 0.0
    shared = staff(np.ones(len(below.id), np.int64), walk, low, high, people.capacity)
    return shared.share.argmax(axis=1), low, high


def _same_home(below: _Placed, people: _Placed) -> Bools:
    return (below.unit[:, None] == people.unit[None, :]) & (below.unit >= 0)[:, None]


def _measured(below: _Placed, people: _Placed, given: Ints, network: Network) -> Floats:
    walk = np.full(len(below.id), np.nan)
    for k in np.unique(given):
        clients = np.flatnonzero(given == k)
        found = network.walks(below.snaps.take(clients), people.snaps.take([k]), limit_m=None)
        walk[clients[found.source]] = found.walk_m
    walk[_same_home(below, people)[np.arange(len(given)), given]] = 0.0
    return walk


def _told(outcome: LevelOutcome) -> list[Finding]:
    """Say what does not fit on a level."""
    values = asdict(outcome) | {"who": outcome.name, "zh": outcome.title_zh, "n": outcome.unreached}
    wrong = {"level-limits": outcome.over or outcome.short, "level-unreached": outcome.unreached}
    return [Finding.of(code, **values) for code, n in wrong.items() if n]
