"""Residents find their place: coordinates as given, or addresses looked up; and a fence for each."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import KDTree
from shapely import STRtree

from planner.demand.crosscheck import held_against_fences
from planner.demand.entrances import with_doors, worded
from planner.demand.ground import Ground
from planner.errors import Finding, NetworkError, Severity
from planner.intake.coordinates.pairs import metres_outside
from planner.intake.gazetteer.found import Cause
from planner.intake.gazetteer.geocode import geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.online.ask import ask
from planner.intake.online.consent import Asked, Online
from planner.intake.online.known import Knows, names_known
from planner.intake.residents import Residents
from planner.intake.sheets.notes import at_row

__all__ = ["Located", "locate"]

# A place that was looked up and lies further than this outside the streets is not that of a home here.
NEARBY_M = 2_000.0
# A home this close to a fence belongs to it: walls and street middles are drawn loosely.
FENCE_SLACK_M = 50.0
ON_EDGE_M = 1.0  # a border drawn along a wall is no finer
COVERED_SHARE = 0.5  # with fewer homes near any street the extract is that of another place


@dataclass(frozen=True, eq=False)
class Located:
    """Residents with a place on the map, or a cause why not.

    Parameters
    ----------
    households, members : DataFrame
        ``id, lon, lat`` (NaN where not found), ``fence``, the door (see
        `planner.demand.entrances.with_doors`), ``precision, confidence, matched, cause, detail, code, told``
        (as in `planner.intake.gazetteer.geocode.geocode`), and ``load`` (households) or ``is_centre``
        (members).
    findings : sequence of Finding
        From the sheets and from the lookup.
    asked : Asked or None
        What was asked online; None where no provider was named.
    rows, repeated : (int, int)
        Rows of the sheets of households and members, and those that said the same as an earlier one.
    """

    households: pd.DataFrame
    members: pd.DataFrame
    findings: tuple[Finding, ...]
    asked: Asked | None = None
    rows: tuple[int, int] | None = None
    repeated: tuple[int, int] = (0, 0)


def locate(
    households: Residents,
    members: Residents,
    ground: Ground,
    fences: gpd.GeoDataFrame | None,
    *,
    online: Online | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Located:
    """Place every resident; whoever cannot be placed stays in the table with a cause.

    `fences`: polygons with a column ``fence``, EPSG:4326.
    `online`: asked for addresses that the gazetteer leaves open; nothing is sent without it.
    Raises `ConfigError`, `MissingExtraError`, `OutputError`: the online provider cannot be asked, or
    what is sent cannot be written down.
    Raises `NetworkError`: the streets are those of another place.
    Raises `DatumError`: the fences contradict the homes: see `planner.demand.crosscheck`.
    """
    findings = [*households.findings, *members.findings, *ground.findings]
    findings += _in_both(households, members)
    frames = [_given(r) for r in (households, members)]
    # Only names that a map or a column of estates knows may leave the machine or stand on a label:
    # an address can hold a person's name.
    knows = names_known(ground.gazetteer, households.estates | members.estates)
    found, asked, said = _looked_up(frames, ground, online, knows, progress)
    findings += said
    placed = []
    for frame, places, residents in zip(frames, found, (households, members), strict=True):
        near, outside = _within(_placed(frame, places, residents), ground)
        at_door, conflicts = with_doors(near, knows)
        placed.append(at_door)
        findings += [*outside, *conflicts]
    homes, people = worded(placed)
    _refuse_other_place(homes, people, ground)
    if fences is None:
        homes, people, told = _by_community(homes, people, ground)
        findings += told
    else:
        findings += held_against_fences(homes, people, fences)
        (homes, told), (people, more) = (_inside(f, ground, fences) for f in (homes, people))
        findings += [*told, *more]
    findings += _unplaced({"households": homes, "members": people})
    rows, again = zip(*((r.rows_read, r.repeated) for r in (households, members)), strict=True)
    return Located(homes, people, tuple(findings), asked, rows, again)


def _in_both(*both: Residents) -> list[Finding]:
    """Tell of rows that were read as homes and as members."""
    rows: list[set[tuple[str, str, int]]] = []
    for residents in both:
        content = dict(residents.sources)
        places = zip(*(residents.kept[name] for name in ("file", "sheet", "row")), strict=True)
        rows.append({(content[f], str(s), int(r)) for f, s, r in places if f in content})
    twice = rows[0] & rows[1]
    if not twice:
        return []
    digest, sheet, row = min(twice)
    file = next(name for name, content in both[1].sources if content == digest)
    return [Finding.of("in-both", {"file": file, "sheet": sheet, "row": row}, n=len(twice))]


def _unplaced(frames: Mapping[str, pd.DataFrame]) -> list[Finding]:
    lost = {name: int((frame["cause"] != "").sum()) for name, frame in frames.items()}
    return [Finding.of("address-not-found", n=n, name=name) for name, n in lost.items() if n]


def _given(residents: Residents) -> pd.DataFrame:
    frame = residents.kept.reset_index(drop=True).copy()
    given = np.isfinite(frame["lon"]) & np.isfinite(frame["lat"])
    return frame.assign(
        precision=np.where(given, "given", "none"),
        confidence=np.where(given, 1.0, 0.0),
        matched="",
        cause=np.where(given, "", "address_not_found"),
        detail="",
        code="",
        told="",
        open=~given & (frame["address"] != ""),
    )


def _looked_up(
    frames: list[pd.DataFrame],
    ground: Ground,
    online: Online | None,
    knows: Knows,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[pd.DataFrame | None], Asked | None, list[Finding]]:
    """Look the open addresses up offline, and online what is left, if that was asked for.

    Households and members are asked together: there is one estimate, and no building is asked twice.
    """
    asked = [frame[frame["open"]] for frame in frames]
    found: list[pd.DataFrame | None] = [None] * len(asked)
    findings: list[Finding] = []
    if ground.gazetteer is not None:
        found = [geocode(a["address"], ground.gazetteer, community=a["community"]) for a in asked]
        findings = _renamed(asked, ground.gazetteer)
    if online is None:
        return found, None, findings
    both = None if ground.gazetteer is None else pd.concat(found, ignore_index=True)
    rows = pd.concat(asked, ignore_index=True)
    told = ask(
        rows["address"], online, offline=both, area=ground.area, progress=progress, knows=knows
    )
    findings += [*told.findings, *_disagreements(rows, told.frame)]
    n = len(asked[0])
    return [told.frame.iloc[:n], told.frame.iloc[n:]], told.asked, findings


def _renamed(asked: Sequence[pd.DataFrame], gazetteer: Gazetteer) -> list[Finding]:
    """Tell how many addresses were read under today's names."""
    texts = [text for a in asked for text in a["address"]]
    count = sum(map(operator.ne, texts, gazetteer.aliases.renamed(texts)))
    return [Finding.of("alias", n=count)] if count else []


def _disagreements(rows: pd.DataFrame, found: pd.DataFrame) -> list[Finding]:
    """Tell where the service and the offline match speak of two places: nobody is placed there."""
    apart = (found["code"] == Cause.APART).to_numpy()
    place = {"column": "address"}
    return [
        at_row(rows, i, Finding.of("online-disagrees", place, away=found["told"].iloc[i]))
        for i in np.flatnonzero(apart)
    ]


def _placed(frame: pd.DataFrame, found: pd.DataFrame | None, residents: Residents) -> pd.DataFrame:
    asked = np.flatnonzero(frame["open"])
    frame = frame.drop(columns="open")
    if found is not None and len(asked):
        hit = np.isfinite(found["lon"].to_numpy(float))
        for column in ("lon", "lat", "precision", "confidence", "matched", "code", "told"):
            frame.loc[asked, column] = found[column].to_numpy()
        frame.loc[asked, "cause"] = np.where(hit, "", "address_not_found")
        frame.loc[asked, "detail"] = found["cause"].to_numpy()
    return pd.concat([frame, _held(residents)], ignore_index=True)


def _within(frame: pd.DataFrame, ground: Ground) -> tuple[pd.DataFrame, list[Finding]]:
    """Tell of looked-up homes outside the streets, and hold those that lie far off.

    What a sheet gives as coordinates is held against the streets by `planner.demand.trust`.
    """
    if ground.area is None:
        return frame, []
    away = metres_outside(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float), ground.area)
    out = np.flatnonzero((away > 0) & (frame["precision"] != "given").to_numpy())
    said = []
    for i in out:
        km = away[i] / 1000
        told = f"{km:,.1f} km" if away[i] >= NEARBY_M else f"{away[i]:,.0f} m"
        severity = Severity.HOLD if away[i] > NEARBY_M else Severity.WARN
        place = {"severity": severity, "column": "address"}
        said.append(at_row(frame, i, Finding.of("outside/found", place, away=told, km=km)))
    far = out[away[out] > NEARBY_M]
    frame = frame.copy()
    frame.loc[frame.index[far], ["lon", "lat", "confidence"]] = [np.nan, np.nan, 0.0]
    frame.loc[frame.index[far], ["precision", "cause"]] = ["none", "address_not_found"]
    told = [f"outside the streets by {away[i] / 1000:,.1f} km" for i in far]
    frame.loc[frame.index[far], "detail"] = told
    frame.loc[frame.index[far], "code"] = Cause.OUTSIDE.value
    return frame, said


def _held(residents: Residents) -> pd.DataFrame:
    held = residents.held
    texts = ("address", "building", "stairwell", "floor", "community", "matched", "told")
    frame = pd.DataFrame({"id": held["id"].to_numpy(str), "detail": held["reason"].to_numpy(str)})
    frame = frame.assign(
        **dict.fromkeys(texts, ""),
        lon=np.nan,
        lat=np.nan,
        load=1.0,
        precision="none",
        confidence=0.0,
        code=held["code"].to_numpy(str),
        is_centre=held["is_centre"].eq(True).to_numpy() if "is_centre" in held else False,
        cause=np.where(held["code"] == "outside", "no_walking_path", "address_not_found"),
    )
    own = ("matched", "code", "told", "precision", "confidence", "cause", "detail")
    return frame[[c for c in frame.columns if c in residents.kept.columns or c in own]]


def _refuse_other_place(homes: pd.DataFrame, people: pd.DataFrame, ground: Ground) -> None:
    """Refuse streets of another place, and members who live in another place than the homes."""
    at = homes[np.isfinite(homes["lon"])]
    if not len(at):
        raise NetworkError.of("none-placed")
    known = people[np.isfinite(people["lon"])]
    for name, name_zh, frame in (("homes", "住户", at), ("members", "党员", known)):
        if not len(frame):
            continue
        share = ground.network.coverage(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float))
        if share < COVERED_SHARE:
            raise NetworkError.of("other-place", share=100 * share, name=name, name_zh=name_zh)


def _by_community(
    homes: pd.DataFrame, people: pd.DataFrame, ground: Ground
) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Take the community column for the fence, where there is one."""
    if not (homes["community"] != "").any():
        return homes.assign(fence=""), people.assign(fence=""), []
    known = pd.concat([homes, people], ignore_index=True)
    known = known[(known["community"] != "") & np.isfinite(known["lon"])]
    both = _by_neighbour(homes, known, ground), _by_neighbour(people, known, ground)
    guessed = (int(((f["fence"] != "") & (f["community"] == "")).sum()) for f in both)
    return *both, [Finding.of("community-of-neighbour", n=n) for n in guessed if n]


def _by_neighbour(frame: pd.DataFrame, known: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Take the community as the fence; whoever states none has that of the nearest neighbour."""
    fence = frame["community"].copy()
    blank = np.flatnonzero((fence == "") & np.isfinite(frame["lon"]))
    if len(blank) and len(known):
        plane = ground.network.projection
        tree = KDTree(plane.to_xy(known["lon"], known["lat"]))
        nearest = tree.query(plane.to_xy(frame["lon"].iloc[blank], frame["lat"].iloc[blank]))[1]
        fence.iloc[blank] = known["community"].to_numpy()[nearest]
    return frame.assign(fence=fence)


def _inside(
    frame: pd.DataFrame, ground: Ground, fences: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    plane = ground.network.projection
    located = np.flatnonzero(np.isfinite(frame["lon"]))
    xy = plane.to_xy(frame["lon"].iloc[located], frame["lat"].iloc[located])
    points = gpd.points_from_xy(xy[:, 0], xy[:, 1])
    tree = STRtree(fences.to_crs(plane.crs).geometry.to_numpy())
    (point, polygon), off = tree.query_nearest(
        points, max_distance=FENCE_SLACK_M, return_distance=True, all_matches=True
    )
    which = np.full(len(located), len(fences))
    np.minimum.at(which, point, polygon)
    names = np.append(fences["fence"].to_numpy(str), "")
    fence = np.full(len(frame), "", object)
    fence[located] = names[which]
    beside = off > ON_EDGE_M
    counts = {
        "in-two-fences": int((np.bincount(point, minlength=len(located)) > 1).sum()),
        "outside-fences": int((which == len(fences)).sum()),
    }
    found = [Finding.of(code, n=n) for code, n in counts.items() if n]
    if beside.any():
        n, farthest = len(np.unique(point[beside])), math.ceil(off.max())
        found.append(Finding.of("beside-fence", n=n, m=farthest))
    return frame.assign(fence=fence), found
