"""Addresses that the gazetteer could not place are asked of one online service, building by building.

Only what `planner.intake.online.outgoing` lets through is sent, each distinct building once; the
answers are kept as they come, so that a run that was cut short goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.errors import Finding, Severity
from planner.intake.coordinates.pairs import Area
from planner.intake.gazetteer.geocode import COLUMNS
from planner.intake.online.cache import AnswerCache, answer_key
from planner.intake.online.client import Client
from planner.intake.online.estimate import Estimate, Questions, opened, questions
from planner.intake.online.judge import Judged, crossed, judge_all
from planner.intake.online.redact import quiet_logs
from planner.intake.online.sent import Audit, Sent
from planner.intake.online.services.replies import Reply, Verdict
from planner.intake.online.settings import ProviderSettings

__all__ = ["NOT_ASKED", "Lookup", "lookup"]

NOT_ASKED: Final = "nothing was sent"
"""Why an address was not looked up where consent was not given."""

_NOTHING: Final[Mapping[str, Any]] = {
    "lon": np.nan, "lat": np.nan, "precision": "none", "confidence": 0.0, "matched": "", "source": "",
    "runners_up": "", "cause": "address not found", "code": "absent", "told": "",
}  # fmt: skip
Progress = Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class Lookup:
    """What came of a lookup.

    Parameters
    ----------
    frame : DataFrame, n rows
        The columns and index of `planner.intake.gazetteer.geocode.geocode`.
    audit : Audit
        What was sent.
    findings : tuple of Finding
        What was held and why, in numbers; trouble with the service or the cache.
    estimate : Estimate
        What was to be asked, before anything was.
    stopped : str
        Why the run ended early; ``""`` if it did not.
    places : mapping of int to Judged
        Position of a row -> where the service alone puts it; rows that it does not place are absent.
    """

    frame: pd.DataFrame
    audit: Audit
    findings: tuple[Finding, ...]
    estimate: Estimate
    stopped: str = ""
    places: Mapping[int, Judged] = field(default_factory=dict)


def lookup(
    addresses: pd.Series | Iterable[str],
    settings: ProviderSettings,
    *,
    cache: AnswerCache | str | Path | None = None,
    area: Area | None = None,
    offline: pd.DataFrame | None = None,
    progress: Progress | None = None,
    withhold: Collection[str] = (),
    consent: Callable[[Estimate], bool] | None = None,
    record: Callable[[Sent], object] | None = None,
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
        From `planner.intake.gazetteer.geocode.geocode`, row by row the same addresses.
    progress : callable, optional
        Told (done, total) of the buildings asked.
    withhold : collection of str, optional
        Words that must never be sent, such as the residents' names.
    consent : callable, optional
        Told the `Estimate` where anything would be sent; if it gives False only kept answers are used.
        Without it, naming the service was the consent.
    record : callable, optional
        Told of each request before it goes out; what it raises ends the run, so that nothing is sent
        that was not recorded.
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
        kept = opened(cache, stack)
        plan = questions(column, settings, kept, offline, withhold)
        before = plan.estimate(settings, kept)
        replies, audit = dict(plan.known), Audit(settings.name, settings.host)
        stopped = fault = ""
        if plan.order and consent is not None and not consent(before):
            fault = NOT_ASKED
        elif plan.order:
            settings.check_bulk(len(plan.order))
            key = settings.api_key(environ)
            stack.enter_context(quiet_logs(key))
            client = Client(settings, key, cache=kept, record=record, seed=seed)
            stack.callback(client.close)
            answers, audit, fault = _ask(client, plan, kept, progress)
            replies.update(answers)
            stopped = client.stopped
        judged = judge_all(plan.asked, replies, settings, area)
        if kept is not None:
            kept.forget(k for k, one in judged.items() if one.kind == "same")
        findings = [*(kept.findings if kept is not None else ())]
    frame, left = _frame(column, plan, judged, offline, settings, stopped or fault)
    findings += _told(judged, settings)
    if left:
        findings.append(_unfinished(left, settings, before, stopped or fault))
    places = _places(plan, judged, settings)
    return Lookup(frame, audit, tuple(findings), before, stopped, places)


def _places(
    plan: Questions, judged: Mapping[str, Judged], settings: ProviderSettings
) -> dict[int, Judged]:
    answers = {
        i: judged.get(answer_key(settings.service, out.key)) for i, out in plan.rows if out.key
    }
    return {i: one for i, one in answers.items() if one is not None and not one.cause}


def _column(addresses: pd.Series | Iterable[str]) -> pd.Series:
    if isinstance(addresses, pd.Series):
        return addresses
    return pd.Series(list(addresses), dtype=object)


def _ask(
    client: Client, plan: Questions, cache: AnswerCache | None, progress: Progress | None
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
    plan: Questions,
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
        if answer is unasked and fault == NOT_ASKED and offline is not None:
            continue
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


def _told(judged: Mapping[str, Judged], settings: ProviderSettings) -> list[Finding]:
    count = Counter(one.kind for one in judged.values() if one.cause)
    return [
        Finding(
            code, Severity.HOLD, f"{count[kind]} {what} ({settings.name})", f"{zh}：{count[kind]}处",
            "check these addresses, or give lon and lat", "请核对地址，或提供经纬度",
        )
        for kind, (code, what, zh) in _HELD.items()
        if count[kind]
    ]  # fmt: skip


def _unfinished(left: int, settings: ProviderSettings, before: Estimate, fault: str) -> Finding:
    """Tell of addresses that were left to the offline match, because of a fault or for want of consent."""
    if fault == NOT_ASKED:
        return Finding(
            "online-not-asked", Severity.WARN, f"nothing was sent: {before}",
            f"未发送任何内容：有{before.to_send}处楼栋可在线查询（{before.service}），"
            f"约需{before.seconds:.0f}秒，{before.cost_words[1]}",
            "to ask, run planner zone and agree, or add --yes",
            "如需查询，请运行 planner zone 并确认，或加 --yes",
        )  # fmt: skip
    return Finding(
        "online-unfinished", Severity.WARN,
        f"{left} addresses were not looked up by {settings.name} ({settings.host}): {fault}",
        f"{left}条地址未能在线查询", "run it again later: what was answered is kept",
        "请稍后重试，已得结果不会重复查询",
    )  # fmt: skip
