"""Addresses that the gazetteer could not place are asked of one online service, building by building.

Only what `planner.intake.online.outgoing` lets through is sent, each distinct building once; the
answers are kept as they come, so that a run that was cut short goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.intake.coordinates.pairs import Area
from planner.intake.gazetteer.geocode import COLUMNS
from planner.intake.online.cache import AnswerCache, answer_key
from planner.intake.online.client import Client
from planner.intake.online.consent import Asked, Online
from planner.intake.online.estimate import Estimate, Questions, questions
from planner.intake.online.judge import Judged, crossed, judge_all
from planner.intake.online.known import Knows
from planner.intake.online.outgoing import Cutter
from planner.intake.online.services.replies import Reply, Verdict
from planner.intake.online.settings import ProviderSettings

__all__ = ["Answers", "ask"]

_NOTHING: Final[Mapping[str, Any]] = {
    **dict.fromkeys(COLUMNS, ""),
    "lon": np.nan,
    "lat": np.nan,
    "precision": "none",
    "confidence": 0.0,
    "cause": "address not found",
    "code": "absent",
}
Progress = Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class Answers:
    """What came of asking.

    Parameters
    ----------
    frame : DataFrame, n rows
        The columns and index of `planner.intake.gazetteer.geocode.geocode`.
    findings : tuple of Finding
        What was held and why, in numbers; trouble with the service or the cache.
    estimate : Estimate
        What was to be asked, before anything was.
    asked : Asked
        What the plan says of it.
    places : mapping of int to Judged
        Position of a row -> where the service alone puts it; rows that it does not place are absent.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    estimate: Estimate
    asked: Asked
    places: Mapping[int, Judged]


@dataclass(eq=False)
class _Round:
    """What one round of asking brought."""

    replies: dict[str, Reply]
    buildings: int = 0
    requests: int = 0
    fault: str = ""
    stopped: str = ""
    refused: bool = False

    @property
    def why(self) -> str:
        """Why some buildings have no answer."""
        if self.refused:
            return "nothing was sent"
        return self.stopped or self.fault or "the service gave no answer"


def ask(
    addresses: pd.Series,
    online: Online,
    *,
    offline: pd.DataFrame | None = None,
    area: Area | None = None,
    progress: Progress | None = None,
    knows: Knows,
) -> Answers:
    """Ask what the offline match leaves open, once there is consent.

    Parameters
    ----------
    addresses : Series of str, length n
        As written; only what names a building is ever sent.
    online : Online
        Whom, with whose consent, and where the answers are kept.
    offline : DataFrame, n rows, optional
        From `planner.intake.gazetteer.geocode.geocode`, row by row the same addresses.
    area : Area, optional
        Where homes should lie: smallest lon and lat, largest lon and lat, degrees WGS-84.
    progress : callable, optional
        Told (done, total) of the buildings asked.
    knows : callable
        (part, value) -> whether it may be sent, from `planner.intake.online.known.names_known`.

    Returns
    -------
    Answers
        Whatever could not be looked up keeps its offline match, or the cause ``not looked up: ...``.

    Raises
    ------
    ConfigError
        The key is missing, or the public Nominatim host would be asked for more than 1,000; nothing
        was sent.
    MissingExtraError
        httpx is not installed; nothing was sent.
    OutputError
        What is sent cannot be written down, so it is not.
    ValueError
        `offline` has another length or other columns.
    """
    settings = online.settings
    with ExitStack() as stack:
        cache = None if online.cache is None else stack.enter_context(AnswerCache(online.cache))
        cutter = Cutter(settings.city, most_bytes=settings.service.most_bytes, knows=knows)
        plan = questions(addresses, settings, cache, offline, cutter)
        before = plan.estimate(settings, cache)
        told = _Round({})
        if plan.order and online.consent is not None and not online.consent(before):
            told.refused = True
        elif plan.order:
            settings.check_bulk(len(plan.order))
            key = settings.api_key(online.environ)
            client = stack.enter_context(Client(settings, key, cache=cache, record=online.record))
            told = _asked(client, plan, cache, progress)
        judged = judge_all(plan.asked, plan.known | told.replies, settings, area)
        if cache is not None:
            cache.forget(k for k, one in judged.items() if one.kind == "same")
        findings = () if cache is None else tuple(cache.findings)
    answers = {i: judged.get(answer_key(settings.service, out.key)) for i, out in plan.rows}
    frame, left = _frame(addresses, plan, answers, offline, settings, told)
    findings += (
        *_told(judged, settings),
        *_held_back(before),
        *_unfinished(left, settings, before, told),
    )
    asked = Asked(
        provider=before.service,
        host=before.host,
        date=date.today().isoformat(),
        buildings=told.buildings,
        requests=told.requests,
        reused=before.cached,
        left=before.to_send - told.buildings,
        stopped=told.stopped,
    )
    places = {i: one for i, one in answers.items() if one is not None and not one.cause}
    return Answers(frame, findings, before, asked, places)


def _asked(
    client: Client, plan: Questions, cache: AnswerCache | None, progress: Progress | None
) -> _Round:
    """Ask until all is answered or the client stops; each answer is kept at once."""
    told = _Round({})
    for done, key in enumerate(plan.order, 1):
        before = client.requests
        reply = client.ask(plan.asked[key].text)
        told.buildings += client.requests > before
        if reply.verdict in (Verdict.FOUND, Verdict.ABSENT):
            told.replies[key] = reply
            if cache is not None:
                cache.put(key, reply)
        else:
            told.fault = reply.note or told.fault
        if progress is not None:
            progress(done, len(plan.order))
        if client.stopped:
            break
    told.requests, told.stopped = client.requests, client.stopped
    return told


def _frame(
    addresses: pd.Series,
    plan: Questions,
    answers: Mapping[int, Judged | None],
    offline: pd.DataFrame | None,
    settings: ProviderSettings,
    told: _Round,
) -> tuple[pd.DataFrame, int]:
    """Put the answers beside the offline match; also count the addresses that were not asked."""
    if offline is None:
        rows: list[Mapping[Any, Any]] = [_NOTHING] * len(addresses)
    else:
        rows = list(offline[list(COLUMNS)].to_dict("records"))
    unasked = Judged(f"not looked up: {told.why}", kind="unasked")
    left = 0
    for i, out in plan.rows:
        if out.cause:
            answer = Judged(f"not looked up: {out.cause}", kind="withheld")
        else:
            answer = answers[i] or unasked
        left += answer is unasked
        if answer is unasked and told.refused and offline is not None:
            continue
        rows[i] = crossed(rows[i], answer, settings.name)
    frame = pd.DataFrame(rows, columns=list(COLUMNS), index=addresses.index)
    return frame.astype({"lon": float, "lat": float, "confidence": float}), left


_HELD: Final = {
    "coarse": "online-coarse",
    "outside": "online-outside",
    "same": "online-same-point",
    "ambiguous": "online-ambiguous",
    "absent": "online-not-found",
}


def _told(judged: Mapping[str, Judged], settings: ProviderSettings) -> list[Finding]:
    count = Counter(one.kind for one in judged.values() if one.cause)
    held = {code: count[kind] for kind, code in _HELD.items()}
    return [*Finding.counted(held, service=settings.name)]


def _held_back(before: Estimate) -> list[Finding]:
    return [*Finding.counted({"online-held-back": before.withheld}, service=before.service)]


def _unfinished(
    left: int, settings: ProviderSettings, before: Estimate, told: _Round
) -> list[Finding]:
    """Tell of addresses that were left to the offline match: a fault, or no consent."""
    if not left:
        return []
    if told.refused:
        told_zh = {"n": before.to_send, "service": before.service, "seconds": before.seconds}
        cost = before.cost_words[1]
        return [Finding.of("online-not-asked", before=before, **told_zh, cost_zh=cost)]
    who = {"service": settings.name, "host": settings.host}
    return [Finding.of("online-unfinished", n=left, **who, why=told.why)]
