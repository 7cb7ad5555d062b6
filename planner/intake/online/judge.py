"""Is an answer the place of a building?  Level, area, repeated points, and the offline match decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from planner.intake.coordinates.datum import Datum, convert
from planner.intake.coordinates.pairs import Area, metres_outside
from planner.intake.gazetteer.found import Cause
from planner.intake.online.outgoing import Outgoing, cut_label
from planner.intake.online.services.replies import Reply, Spot, Verdict
from planner.intake.online.settings import ProviderSettings
from planner.model.plane import DEGREE_M

__all__ = ["AGREE_M", "SURE", "Judged", "crossed", "judge_all"]

SURE: Final = 0.8
"""Confidence from which a match means it."""
AGREE_M: Final = 50.0
"""Two sources this close speak of one building."""
_APART_EXACT_M: Final = 100.0
_APART_LOOSE_M: Final = 200.0
_EXACT: Final = frozenset({"address point", "building", "stairwell", "given"})
_UNSURE_BUILDING: Final = 0.7
_AT: Final = 6  # decimals by which two answers are one point: a tenth of a metre
_UNSURE: Final = frozenset({Cause.AMBIGUOUS, Cause.ELSEWHERE})
_CODES: Final = {c.value: c for c in (Cause.ABSENT, Cause.AMBIGUOUS, Cause.APART)}


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one answer.

    Parameters
    ----------
    cause : str
        Why it gives no place; ``""`` if it does.
    lon, lat : float
        Degrees WGS-84; NaN where it gives no place.
    precision : str
        As in `planner.intake.gazetteer.geocode.geocode`.
    confidence : float
        0 to 1.
    matched : str
        The place in words, building level.
    runners : tuple of str
        Other places that it could be.
    kind : str
        Short name of the cause, for counting.
    """

    cause: str = ""
    lon: float = np.nan
    lat: float = np.nan
    precision: str = "none"
    confidence: float = 0.0
    matched: str = ""
    runners: tuple[str, ...] = ()
    kind: str = ""


def _apart_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance of two near points on the sphere."""
    east = (other_lon - lon) * np.cos(np.radians((lat + other_lat) / 2))
    return float(np.hypot(east, other_lat - lat) * DEGREE_M)


def _outside_m(spot: Spot, area: Area | None) -> float:
    if area is None:
        return 0.0
    return float(metres_outside(np.array([spot.lon]), np.array([spot.lat]), area)[0])


def judge_all(
    asked: Mapping[str, Outgoing],
    replies: Mapping[str, Reply],
    settings: ProviderSettings,
    area: Area | None,
) -> dict[str, Judged]:
    """Judge every answer, alone and then beside the others.

    Parameters
    ----------
    replies : mapping of str to Reply
        Found or absent, by answer key.
    area : Area or None
        Where homes should lie, degrees WGS-84.
    """
    keys = sorted(replies)
    flat = [spot for key in keys for spot in replies[key].spots]
    lon, lat = [s.lon for s in flat], [s.lat for s in flat]
    points = convert(lon, lat, settings.service.datum, Datum.WGS84) if flat else []
    moved = iter(
        replace(s, lon=float(x), lat=float(y)) for s, (x, y) in zip(flat, points, strict=True)
    )
    judged: dict[str, Judged] = {}
    for key in keys:
        spots = [next(moved) for _ in replies[key].spots]
        judged[key] = _judge(asked[key], replies[key], spots, settings, area)
    return _without_fallbacks(asked, judged, settings.same_spot)


def _judge(
    asked: Outgoing,
    reply: Reply,
    spots: Sequence[Spot],
    settings: ProviderSettings,
    area: Area | None,
) -> Judged:
    if reply.verdict is not Verdict.FOUND:
        return Judged("address not found", kind="absent")
    good = [spot for spot in spots if spot.precision in settings.accept]
    if not good:
        level = spots[0].level or "unknown"
        return Judged(f"answered at the level {level} only, not a building", kind="coarse")
    inside = [s for s in good if _outside_m(s, area) <= settings.margin_m]
    if not inside:
        away = min(_outside_m(s, area) for s in good)
        return Judged(f"outside the area by {away / 1000:.1f} km", kind="outside")
    best = inside[0]
    rivals = [s for s in inside[1:] if _apart_m(best.lon, best.lat, s.lon, s.lat) > _APART_EXACT_M]
    if rivals:
        told = tuple(_told(s, asked, settings.name) for s in (best, *rivals))
        return Judged("ambiguous: " + " / ".join(told[:3]), runners=told, kind="ambiguous")
    confidence = best.confidence
    if asked.numbered and best.precision != "building":
        # A door or an estate may hold many buildings, of which one was asked for.
        confidence = min(confidence, _UNSURE_BUILDING)
    label = cut_label(best.label) or asked.text
    return Judged("", best.lon, best.lat, best.precision, confidence, label)


def _told(spot: Spot, asked: Outgoing, source: str) -> str:
    return f"{cut_label(spot.label) or asked.text} [{source} {spot.lon:.5f}, {spot.lat:.5f}]"


def _without_fallbacks(
    asked: Mapping[str, Outgoing], judged: Mapping[str, Judged], most: int
) -> dict[str, Judged]:
    """Hold distinct buildings that were all given one point: it is that of something larger."""
    at: dict[tuple[float, float], set[str]] = {}
    for key, one in judged.items():
        if not one.cause:
            at.setdefault(_point(one), set()).add(asked[key].building)
    out: dict[str, Judged] = {}
    for key, one in judged.items():
        same = len(at[_point(one)]) if not one.cause else 0
        if same >= most:
            one = Judged(f"one point was answered for {same} distinct buildings", kind="same")
        out[key] = one
    return out


def _point(one: Judged) -> tuple[float, float]:
    return round(one.lon, _AT), round(one.lat, _AT)


def crossed(offline: Mapping[str, Any], online: Judged, source: str) -> dict[str, Any]:
    """Set an online answer beside the offline match of the same address.

    Parameters
    ----------
    offline : mapping
        A row of `planner.intake.gazetteer.geocode.geocode`.

    Returns
    -------
    dict
        A row of the same columns.  Within 50 m confidence rises; beyond 100 m (200 m where either is no
        exact place) there is no place, and both are runners-up.
    """
    has = np.isfinite(offline["lon"]) and np.isfinite(offline["lat"])
    if online.cause:
        return _kept_offline(offline, online, bool(has))
    if not has:
        return _placed_online(offline, online, source)
    away = _apart_m(offline["lon"], offline["lat"], online.lon, online.lat)
    exact = offline["precision"] in _EXACT and online.precision in _EXACT
    if away > (_APART_EXACT_M if exact else _APART_LOOSE_M):
        told = [
            f"{offline['matched']} [{offline['source']} {offline['lon']:.5f}, {offline['lat']:.5f}]",
            f"{online.matched} [{source} {online.lon:.5f}, {online.lat:.5f}]",
        ]
        far = f"{away:.0f} m apart"
        cause = f"ambiguous: two sources are {far}: {' / '.join(told)}"
        return {**_row(Judged(cause, runners=tuple(told), kind="apart"), ""), "told": far}
    both = f"{offline['source']} + {source}"
    ours, theirs = float(offline["confidence"]), online.confidence
    # Two sources that err independently: both are wrong as often as the product says.
    confidence = min(0.99, 1 - (1 - ours) * (1 - theirs)) if away <= AGREE_M else min(ours, theirs)
    if offline["precision"] in _EXACT or online.precision not in _EXACT:
        return {**offline, "confidence": round(confidence, 3), "source": both}
    return _row(replace(online, confidence=confidence), both)


def _kept_offline(offline: Mapping[str, Any], online: Judged, has: bool) -> dict[str, Any]:
    unsure = offline["code"] in _UNSURE
    # What the map found doubtful tells more than that a service knows nothing of it.
    if has or (unsure and online.kind != "ambiguous"):
        return dict(offline)
    row = _row(online, "")
    row["runners_up"] = "; ".join(t for t in (offline["runners_up"], row["runners_up"]) if t)
    return row


def _placed_online(offline: Mapping[str, Any], online: Judged, source: str) -> dict[str, Any]:
    row = _row(online, source)
    if offline["code"] in _UNSURE:
        # The service may have guessed where the gazetteer would not, so this is never sure.
        row["confidence"] = round(min(online.confidence, _UNSURE_BUILDING), 3)
        row["runners_up"] = offline["runners_up"]
    return row


def _row(one: Judged, source: str) -> dict[str, Any]:
    return {
        "lon": one.lon,
        "lat": one.lat,
        "precision": one.precision,
        "confidence": round(one.confidence, 3),
        "matched": one.matched,
        "source": source,
        "runners_up": "; ".join(one.runners),
        "cause": one.cause,
        "code": (_CODES.get(one.kind, Cause.ONLINE) if one.cause else Cause.NONE).value,
        "told": " / ".join(one.runners),
    }
