"""What would be asked, and what that costs: known before anything is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.intake.gazetteer.geocode import COLUMNS
from planner.intake.online.cache import AnswerCache, answer_key
from planner.intake.online.judge import SURE
from planner.intake.online.outgoing import Cutter, Outgoing
from planner.intake.online.services.replies import Reply
from planner.intake.online.settings import ProviderSettings

__all__ = ["Estimate", "Questions", "questions"]

BY_REVIEW: Final = "review"  # source of a match that a person has settled
_LATENCY_S: Final = 0.15  # an answer takes that long, however fast a key may ask
SAMPLES: Final = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a lookup would send, how long it would take and what it would cost.

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
    free_left : int or None, optional
        What is left of the free requests of a day; None where the quota is not stated.
    price_per_1000 : float or None, optional
        Of a thousand requests beyond them; None where it is not stated.
    samples : tuple of str, optional
        Ten of the texts that would be sent, from all over the list.
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
    free_left: int | None = None
    price_per_1000: float | None = None
    samples: tuple[str, ...] = ()

    @property
    def in_run(self) -> int:
        """Buildings that one run would ask."""
        return self.to_send - self.over

    @property
    def paid(self) -> int | None:
        """Requests of the run beyond the free ones; None where the quota is not stated."""
        return None if self.free_left is None else max(0, self.in_run - self.free_left)

    @property
    def cost(self) -> float | None:
        """What the run would cost, without further tries; None where it cannot be told."""
        if self.paid == 0 or self.in_run == 0:
            return 0.0
        if self.price_per_1000 is None:
            return None
        return (self.in_run if self.paid is None else self.paid) * self.price_per_1000 / 1000

    @property
    def cost_words(self) -> tuple[str, str]:
        """The cost in English and in Chinese."""
        if self.cost == 0:
            return "free of charge within the stated quota", "在所填额度内免费"
        if self.cost is not None:
            return f"about {self.cost:,.2f} at the stated price", f"按所填单价约{self.cost:,.2f}元"
        if self.paid:
            return (
                f"{self.paid} more than the free requests left today",
                f"超出今日剩余免费额度{self.paid}次",
            )
        return (
            "cost not known: state free_per_day and price_per_1000 under [online]",
            "费用未知：请在[online]中填写 free_per_day 与 price_per_1000",
        )

    def __str__(self) -> str:
        late = f", {self.over} of them not in one run" if self.over else ""
        return (
            f"{self.to_send} buildings would be sent to {self.service} ({self.host}){late}: about "
            f"{self.seconds:.0f} s, {self.cost_words[0]}; {self.addresses} addresses, "
            f"{self.distinct} distinct buildings, {self.cached} answered before, "
            f"{self.withheld} addresses not sent"
        )


@dataclass(frozen=True, eq=False)
class Questions:
    """The buildings that some addresses name.

    Parameters
    ----------
    rows : list of (int, Outgoing)
        Open rows, and what of each may be sent.
    asked : dict of str to Outgoing
        Distinct buildings, by answer key.
    order : list of str
        Keys that are not answered yet, the building with the most addresses first.
    known : dict of str to Reply
        Answers that were kept.
    """

    rows: list[tuple[int, Outgoing]]
    asked: dict[str, Outgoing]
    order: list[str]
    known: dict[str, Reply]

    def estimate(self, settings: ProviderSettings, cache: AnswerCache | None) -> Estimate:
        """Say what asking them would take."""
        sent = len(self.order)
        in_run = min(sent, settings.most)
        left = None
        if settings.free_per_day is not None:
            spent = 0 if cache is None else cache.spent(settings.host, minutes=24 * 60)
            left = max(0, settings.free_per_day - spent)
        return Estimate(
            service=settings.name,
            host=settings.host,
            addresses=len(self.rows),
            distinct=len(self.asked),
            cached=len(self.known),
            to_send=sent,
            withheld=sum(bool(out.cause) for _, out in self.rows),
            over=sent - in_run,
            seconds=in_run * max(1.0 / settings.rate, _LATENCY_S),
            free_left=left,
            price_per_1000=settings.price_per_1000,
            samples=tuple(self.asked[self.order[i]].text for i in _spread(sent, SAMPLES)),
        )


def questions(
    column: pd.Series,
    settings: ProviderSettings,
    cache: AnswerCache | None,
    offline: pd.DataFrame | None,
    cutter: Cutter,
) -> Questions:
    """Say which rows are open, which buildings they name, and what is known of these.

    Parameters
    ----------
    column : Series of str
        Addresses as written.
    offline
        As for `planner.intake.online.ask.ask`.
    cutter : Cutter
        Says what of an address may be sent.

    Raises
    ------
    ValueError
        `offline` has another length or other columns.
    """
    texts = ["" if pd.isna(a) else str(a) for a in column]
    cut: dict[str, Outgoing] = {}
    rows: list[tuple[int, Outgoing]] = []
    for i in _open_rows(len(texts), settings, offline):
        if texts[i] not in cut:
            cut[texts[i]] = cutter(texts[i])
        rows.append((i, cut[texts[i]]))
    asked: dict[str, Outgoing] = {}
    count: Counter[str] = Counter()
    for _, out in rows:
        if out.cause:
            continue
        key = answer_key(settings.service, out.key)
        count[key] += 1
        # Of several spellings the shortest is sent, whatever the order of the rows.
        if key not in asked or (len(out.text), out.text) < (len(asked[key].text), asked[key].text):
            asked[key] = out
    known = cache.get(asked) if cache is not None else {}
    order = sorted(
        (k for k in asked if k not in known), key=lambda k: (-count[k], asked[k].text, k)
    )
    return Questions(rows, asked, order, known)


def _spread(n: int, most: int) -> list[int]:
    return sorted({i * (n - 1) // max(most - 1, 1) for i in range(most)}) if n else []


def _open_rows(n: int, settings: ProviderSettings, offline: pd.DataFrame | None) -> list[int]:
    if offline is None:
        return list(range(n))
    missing = [c for c in COLUMNS if c not in offline.columns]
    if len(offline) != n or missing:
        raise ValueError(f"offline has {len(offline)} rows for {n} addresses, or lacks {missing}")
    settled = (offline["source"] == BY_REVIEW).to_numpy(bool)  # a person has looked at both
    if settings.ask == "all":
        return np.flatnonzero(~settled).tolist()
    found = np.isfinite(offline["lon"].to_numpy(float))
    sure = found & (offline["confidence"].to_numpy(float) >= SURE)
    return np.flatnonzero(~(sure | settled)).tolist()
