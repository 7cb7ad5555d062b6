"""Addresses that the gazetteer could not place are asked of one online service, building by building.

Only what `planner.intake.providers.outgoing` lets through is sent, each distinct building once; the
answers are kept as they come, so that a run that was cut short goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.findings import Finding, Severity
from planner.intake.coordinates import Area
from planner.intake.geocode import COLUMNS
from planner.intake.providers.audit import Audit, Sent
from planner.intake.providers.cache import AnswerCache, answer_key
from planner.intake.providers.client import Client
from planner.intake.providers.judge import SURE, Judged, crossed, judge_all
from planner.intake.providers.outgoing import Cutter, Outgoing
from planner.intake.providers.redact import quiet_logs
from planner.intake.providers.replies import Reply, Verdict
from planner.intake.providers.settings import ProviderSettings

__all__ = ["Estimate", "Lookup", "estimate", "lookup"]

_NOTHING: Final[Mapping[str, Any]] = {
    "lon": np.nan, "lat": np.nan, "precision": "none", "confidence": 0.0, "matched": "", "source": "",
    "runners_up": "", "cause": "address not found",
}  # fmt: skip
_LATENCY_S: Final = 0.15
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a lookup would send and how long it would take, before anything is sent.

    Parameters
    ----------
    service, host : str
        Who would be asked.
    addresses : int
        Addresses that the offline match leaves open.
    distinct : int
        Distinct buildings among them that may be sent.
    cached : int
        Of these, already answered.
    to_send : int
        Of these, to be asked.
    withheld : int
        Addresses of which nothing may be sent.
    over : int
        Buildings beyond the limit of requests of one run.
    seconds : float
        At the allowed rate, without faults.
    """

    service: str
    host: str
    addresses: int
    distinct: int
    cached: int
    to_send: int
    withheld: int
    over: int
    seconds: float

    def __str__(self) -> str:
        late = f", {self.over} of them not in one run" if self.over else ""
        return (
            f"{self.to_send} buildings would be sent to {self.service} ({self.host}){late}: about "
            f"{self.seconds:.0f} s; {self.addresses} addresses, {self.distinct} distinct buildings, "
            f"{self.cached} answered before, {self.withheld} addresses not sent"
        )


@dataclass(frozen=True, eq=False)
class Lookup:
    """What came of a lookup.

    Parameters
    ----------
    frame : DataFrame, n rows
        The columns and index of `planner.intake.geocode.geocode`.
    audit : Audit
        What was sent.
    findings : tuple of Finding
        What was held and why, in numbers; trouble with the service or the cache.
    stopped : str
        Why the run ended early; ``""`` if it did not.
    """

    frame: pd.DataFrame
    audit: Audit
    findings: tuple[Finding, ...]
    stopped: str = ""


@dataclass(frozen=True, eq=False)
class _Plan:
    rows: list[tuple[int, Outgoing]]
    asked: dict[str, Outgoing]
    order: list[str]
    known: dict[str, Reply]


def estimate(
    addresses: pd.Series | Iterable[str],
    settings: ProviderSettings,
    cache: AnswerCache | str | Path | None = None,
    *,
    offline: pd.DataFrame | None = None,
    withhold: Collection[str] = (),
) -> Estimate:
    """Say what `lookup` would send, without sending it.

    Parameters
    ----------
    addresses, settings, cache, offline, withhold
        As for `lookup`.

    Returns
    -------
    Estimate
    """
    with ExitStack() as stack:
        kept = _opened(cache, stack)
        plan = _plan(_column(addresses), settings, kept, offline, withhold)
    sent = len(plan.order)
    in_run = min(sent, settings.most)
    return Estimate(
        settings.name, settings.host, len(plan.rows), len(plan.asked), len(plan.known), sent,
        sum(bool(out.cause) for _, out in plan.rows), sent - in_run,
        in_run * max(1.0 / settings.rate, _LATENCY_S),
    )  # fmt: skip


def lookup(
    addresses: pd.Series | Iterable[str],
    settings: ProviderSettings,
    *,
    cache: AnswerCache | str | Path | None = None,
    area: Area | None = None,
    offline: pd.DataFrame | None = None,
    progress: Progress | None = None,
    withhold: Collection[str] = (),
    seed: int = 0,
    environ: Mapping[str, str] | None = None,
) -> Lookup:
    """Ask an online service for the buildings of some addresses.

    Parameters
    ----------
    addresses : Series or iterable of str, length n
        As written.
    settings : ProviderSettings
        Which service; naming it is the consent to send.
    cache : AnswerCache, str or Path, optional
        Where answers are kept.
    area : Area, optional
        Where homes should lie: smallest lon and lat, largest lon and lat, degrees WGS-84.
    offline : DataFrame, n rows, optional
        From `planner.intake.geocode.geocode`, row by row the same addresses.
    progress : callable, optional
        Told (done, total) of the buildings asked.
    withhold : collection of str, optional
        Words that must never be sent, such as the residents' names.
    seed : int, optional
        Of the pauses.
    environ : mapping of str to str, optional
        Where the key is read, instead of the process's environment.

    Returns
    -------
    Lookup
        Whatever could not be looked up keeps its offline match, or the cause ``not looked up: ...``.

    Raises
    ------
    ConfigError
        The key is missing, or the public Nominatim host would be asked for more than 1,000.
    MissingExtraError
        httpx is not installed.
    ValueError
        `offline` has another length or other columns.
    """
    column = _column(addresses)
    with ExitStack() as stack:
        kept = _opened(cache, stack)
        plan = _plan(column, settings, kept, offline, withhold)
        settings.check_bulk(len(plan.order))
        replies, audit, stopped, fault = (
            dict(plan.known),
            Audit(settings.name, settings.host),
            "",
            "",
        )
        if plan.order:
            key = settings.api_key(environ)
            stack.enter_context(quiet_logs(key))
            client = Client(settings, key, cache=kept, seed=seed)
            stack.callback(client.close)
            answers, audit, fault = _ask(client, plan, kept, progress)
            replies.update(answers)
            stopped = client.stopped
        judged = judge_all(plan.asked, replies, settings, area)
        if kept is not None:
            kept.forget(k for k, one in judged.items() if one.kind == "same")
        findings = [*(kept.findings if kept is not None else ())]
    frame, left = _frame(column, plan, judged, offline, settings, stopped or fault)
    findings += _told(judged, settings, left, stopped or fault)
    return Lookup(frame, audit, tuple(findings), stopped)


def _column(addresses: pd.Series | Iterable[str]) -> pd.Series:
    if isinstance(addresses, pd.Series):
        return addresses
    return pd.Series(list(addresses), dtype=object)


def _opened(cache: AnswerCache | str | Path | None, stack: ExitStack) -> AnswerCache | None:
    return stack.enter_context(AnswerCache(cache)) if isinstance(cache, str | Path) else cache


def _plan(
    column: pd.Series,
    settings: ProviderSettings,
    cache: AnswerCache | None,
    offline: pd.DataFrame | None,
    withhold: Collection[str],
) -> _Plan:
    """Say which rows are open, which buildings they name, and what is known of these."""
    texts = ["" if pd.isna(a) else str(a) for a in column]
    cutter = Cutter(settings.city, withhold, settings.service.most_bytes)
    cut: dict[str, Outgoing] = {}
    rows: list[tuple[int, Outgoing]] = []
    for i in _open_rows(len(texts), settings, offline):
        if texts[i] not in cut:
            cut[texts[i]] = cutter(texts[i])
        rows.append((i, cut[texts[i]]))
    service = settings.service
    asked: dict[str, Outgoing] = {}
    count: Counter[str] = Counter()
    for _, out in rows:
        if out.cause:
            continue
        key = answer_key(service, out.key)
        count[key] += 1
        # Of several spellings the shortest is sent, whatever the order of the rows.
        if key not in asked or (len(out.text), out.text) < (len(asked[key].text), asked[key].text):
            asked[key] = out
    known = cache.get(asked) if cache is not None else {}
    order = sorted(
        (k for k in asked if k not in known), key=lambda k: (-count[k], asked[k].text, k)
    )
    return _Plan(rows, asked, order, known)


def _open_rows(n: int, settings: ProviderSettings, offline: pd.DataFrame | None) -> list[int]:
    if offline is None:
        return list(range(n))
    missing = [c for c in COLUMNS if c not in offline.columns]
    if len(offline) != n or missing:
        raise ValueError(f"offline has {len(offline)} rows for {n} addresses, or lacks {missing}")
    if settings.ask == "all":
        return list(range(n))
    sure = np.isfinite(offline["lon"].to_numpy(float)) & (
        offline["confidence"].to_numpy(float) >= SURE
    )
    return np.flatnonzero(~sure).tolist()


def _ask(
    client: Client, plan: _Plan, cache: AnswerCache | None, progress: Progress | None
) -> tuple[dict[str, Reply], Audit, str]:
    """Ask until all is answered or the client stops; each answer is kept at once."""
    replies: dict[str, Reply] = {}
    sent: list[Sent] = []
    fault = ""
    for done, key in enumerate(plan.order, 1):
        text, before = plan.asked[key].text, client.requests
        reply = client.ask(text)
        if client.requests > before:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            sent.append(Sent(now, text, client.requests - before, reply.verdict.value))
        if reply.verdict in (Verdict.FOUND, Verdict.ABSENT):
            replies[key] = reply
            if cache is not None:
                cache.put(key, reply)
        else:
            fault = reply.note or fault
        if progress is not None:
            progress(done, len(plan.order))
        if client.stopped:
            break
    return replies, Audit(client.settings.name, client.settings.host, tuple(sent)), fault


def _frame(
    column: pd.Series,
    plan: _Plan,
    judged: Mapping[str, Judged],
    offline: pd.DataFrame | None,
    settings: ProviderSettings,
    fault: str,
) -> tuple[pd.DataFrame, int]:
    """Put the answers beside the offline match; also count the addresses that were not asked."""
    if offline is None:
        rows: list[Mapping[Any, Any]] = [_NOTHING] * len(column)
    else:
        rows = list(offline[list(COLUMNS)].to_dict("records"))
    unasked = Judged(f"not looked up: {fault or 'the service gave no answer'}", kind="unasked")
    left = 0
    for i, out in plan.rows:
        if out.cause:
            answer = Judged(f"not looked up: {out.cause}", kind="withheld")
        else:
            answer = judged.get(answer_key(settings.service, out.key), unasked)
        left += answer is unasked
        rows[i] = crossed(rows[i], answer, settings.name)
    frame = pd.DataFrame(rows, columns=list(COLUMNS), index=column.index)
    return frame.astype({"lon": float, "lat": float, "confidence": float}), left


_HELD: Final = {
    "coarse": ("online-coarse", "answers name no building (a road, a village or a city)", "在线结果精度不足"),
    "outside": ("online-outside", "answers lie outside the area", "在线结果落在区域之外"),
    "same": ("online-same-point", "buildings share one answered point", "多个楼栋返回同一坐标"),
    "ambiguous": ("online-ambiguous", "buildings have several answers", "在线结果不唯一"),
    "absent": ("online-not-found", "buildings are unknown to the service", "在线服务查无此址"),
}  # fmt: skip


def _told(
    judged: Mapping[str, Judged], settings: ProviderSettings, left: int, fault: str
) -> list[Finding]:
    count = Counter(one.kind for one in judged.values() if one.cause)
    findings = [
        Finding(
            code, Severity.HOLD, f"{count[kind]} {what} ({settings.name})", f"{zh}:{count[kind]}处",
            "check these addresses, or give lon and lat", "请核对地址,或提供经纬度",
        )
        for kind, (code, what, zh) in _HELD.items()
        if count[kind]
    ]  # fmt: skip
    if left:
        findings.append(
            Finding(
                "online-unfinished", Severity.WARN,
                f"{left} addresses were not looked up by {settings.name} ({settings.host}): {fault}",
                f"{left}条地址未能在线查询", "run it again later: what was answered is kept",
                "请稍后重试,已得结果不会重复查询",
            )
        )  # fmt: skip
    return findings
