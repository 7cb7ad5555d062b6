"""A plan as an audience may know it: every count of a meeting's map and summary is made here.

Homes are told by block (`planner.privacy.blocks`), and what is said of a zone is the sum of its blocks;
members, loads and other small counts are told as "fewer than", or not at all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from planner.model.arrays import Bools, Floats
from planner.model.audit import audit
from planner.model.measures import walk_summary
from planner.model.problem import RuleOutcome
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.care.equity import equity_figures
from planner.plan.frames import assignment_of
from planner.plan.ledger import LedgerLine, ledger_lines, since_words
from planner.privacy.audience import Audience, Terms
from planner.privacy.blocks import FEW, HIDDEN, LEAST, MANY, Blocks, blocks_of, shown_counts
from planner.render.text.figures import summary
from planner.render.text.words import Both, equity_words, moved_words

__all__ = ["Told", "meeting_terms", "plan_blocks"]

TENTHS = 10  # the tenth that walks farthest is told


def plan_blocks(tables: PlanTables, terms: Terms) -> Blocks:
    """Give the blocks of a plan as an audience may know them."""
    zone, walk = assignment_of(tables), tables.rules.walk
    return blocks_of(tables.problem, zone, walk, smallest=terms.smallest, base=terms.rounded)


def meeting_terms(tables: PlanTables) -> Terms:
    """Give what a meeting may see: a project may set another threshold, never one below 5."""
    terms = Audience.MEETING.terms
    smallest = int(tables.provenance.get("smallest") or terms.smallest)
    return replace(terms, smallest=max(smallest, LEAST))


class Told:
    """What an audience may know of a plan.

    `terms`: what may be seen; those of the office itself hide no count.
    """

    def __init__(self, tables: PlanTables, terms: Terms) -> None:
        self.tables, self.terms = tables, terms
        self.blocks = plan_blocks(tables, terms)
        self._pair = self.blocks.problem.pairs_of(self.blocks.zone)
        self.whole = terms.smallest <= 1

    def count(self, n: int, least: int = 0) -> int:
        """Tell one count; `least` is what the reader knows it to be at least."""
        smallest, base = self.terms.smallest, self.terms.rounded
        return int(shown_counts(np.array([n]), smallest, base, least=least)[0])

    def moved(self) -> Both | None:
        """Say how many homes change hands; None where there was no plan before."""
        homes = self.figures()["homes_moved"]
        return (
            None
            if homes in (None, HIDDEN)
            else moved_words(self.tables, homes, self.terms.smallest)
        )

    def equity(self) -> Both | None:
        """Say how even it is; None where a tenth of the homes are few: the farthest would be told."""
        served = int((self.tables.households["zone"] != "").sum())
        if served < TENTHS * self.terms.smallest:
            return None
        return equity_words(equity_figures(self.tables))

    def figures(self) -> dict[str, Any]:
        """Give the figures of the whole plan."""
        return dict(self._figures)

    def ledger(self) -> list[LedgerLine]:
        """Word the ledger of people; homes beyond the walk limit as this audience may know them."""
        lines = []
        walk = [self.rule(r) for r in self.tables.certificate.rules if r.name == "walk_m"]
        for line in ledger_lines(self.tables):
            told = line.lost
            if line.code == "since" and not self.whole:
                lines.append(self._since(line))
                continue
            if line.code == "beyond-limit" and walk:
                told = walk[0][1]
            elif line.code == "without-zone":
                told = self._figures["zoneless"]
            if told == line.lost:
                lines.append(line)
                continue
            few = f"<{self.terms.smallest}" if told == FEW else "–" if told < 0 else f"{told:,}"
            # the number stands last in its sentence, whatever limit comes before it
            zh, en = (text.rpartition(f"{line.lost:,}") for text in (line.zh, line.en))
            lines.append(replace(line, zh=zh[0] + few + zh[2], en=en[0] + few + en[2], lost=1))
        return lines

    def _since(self, line: LedgerLine) -> LedgerLine:
        """Word how many homes came and went as this audience may know it."""
        counts = [self.count(self.tables.provenance["since"][name]) for name in ("new", "gone")]
        few = {FEW: f"<{self.terms.smallest}", HIDDEN: "–"}
        zh, en = since_words(*(few.get(n, f"{n:,}") for n in counts))
        return replace(line, zh=zh, en=en, lost=min(line.lost, 1))

    @cached_property
    def _figures(self) -> dict[str, Any]:
        figures = summary(self.tables)
        kept = ("households", "located", "zones", "zoneless", "walk_m", "homes_moved", "gaps")
        told = {name: figures[name] for name in kept}
        if self.whole:
            return told
        total = told["households"]
        if total < self.terms.smallest:
            told["households"] = FEW
        places = self.tables.gaps[self.tables.gaps["unit_id"] != ""]
        at = places.drop_duplicates(["unit_id", "cause"])["cause"].value_counts()
        # a cause that is marked at no place tells of no place, however few have it
        told["gaps"] = {
            c: self.count(n, int(at[c])) if c in at else n for c, n in told["gaps"].items()
        }
        without = set(self.tables.units.loc[self.tables.units["zone"] == "", "unit_id"])
        told["zoneless"] = self.count(told["zoneless"], len(without & set(places["unit_id"])))
        if total < self.terms.smallest:
            told["located"] = HIDDEN
        if told["homes_moved"] is not None:
            moved = int((self.tables.units["moved"] > 0).sum())
            told["homes_moved"] = self.count(told["homes_moved"], moved)
        # means and maxima over a few homes are those of somebody
        if total < MANY:
            told["walk_m"] = self._walks(np.ones(self.blocks.problem.n_units, bool))
        told["walk_m"] = {name: round(v) for name, v in told["walk_m"].items()}
        return told

    def _walks(self, among: Bools) -> dict[str, float]:
        """Summarise walks as the blocks tell them."""
        blocks, pair = self.blocks, self._pair
        used = among & (pair >= 0) & (blocks.problem.households > 0)
        walks = walk_summary(blocks.problem.walk_m[pair[used]], blocks.problem.households[used])
        return walks | {"max": float(blocks.far_m[pair[used]].max(initial=0.0))}

    @cached_property
    def _audited(self) -> tuple[RuleOutcome, ...]:
        return audit(self.blocks.problem, self.blocks.zone, 0.0).rules

    def rule(self, rule: RuleOutcome) -> tuple[float | None, int]:
        """Tell the worst case of a rule, where it is a sum over blocks, and how often it is broken."""
        homes = rule.name == "walk_m"
        worst, broken = rule.worst, rule.broken
        if not self.whole:
            # What a meeting is told of a rule is recomputed from the blocks, which hold rounded
            # counts only.
            worst = next((r.worst for r in self._audited if r.name == rule.name), None)
            if homes:
                units = self.tables.units
                far = units["walk_m"].to_numpy(float) > self.tables.rules.walk.limit_m
                worst, broken = rule.worst, self.count(broken, int(far.sum()))
            elif worst is not None and not broken:  # rounded, it may seem to break what it keeps
                worst = float(np.clip(worst, rule.low, rule.high))
            if worst is not None and worst < self.terms.smallest:
                worst = None
        return worst if worst is None or self.whole else round(worst), broken

    @cached_property
    def zones(self) -> list[dict[str, Any]]:
        """Tell of each zone ``homes, members, gaps, mean, max, p90, moved``, in their order."""
        tables, homes = self.tables, self.blocks.zone_homes().tolist()
        moved = tables.households["moved"].astype(bool)
        came = tables.households.loc[moved, "zone"].value_counts()
        place = {c: i for i, c in enumerate(tables.centres["centre_id"])}
        p90 = dict(zip(tables.centres["centre_id"], tables.centres["walk_p90_m"], strict=True))
        made = []
        for z in tables.zones.to_dict("records"):
            centre = z["centre_id"]
            walks = {"mean": z["walk_mean_m"], "max": z["walk_max_m"], "p90": p90[centre]}
            if not self.whole:
                walks = self._walks(self.blocks.zone == place[centre])
            counts = {name: self.count(int(z[name])) for name in ("members", "gaps")}
            counts |= {"homes": homes[place[centre]], "moved": self.count(int(came.get(centre, 0)))}
            made.append(counts | walks)
        return made

    def block_walks(self) -> Floats:
        """Walk of each block to its centre, metres; NaN where it has none."""
        return np.append(self.blocks.problem.walk_m, np.nan)[self._pair]  # -1 is none

    def gaps(self) -> list[list[int]]:
        """Tell the gaps of each unit and cause: unit, cause, homes."""
        place = {u: i for i, u in enumerate(self.tables.units["unit_id"])}
        codes = list(GAP_CAUSES)
        pairs = zip(self.tables.gaps["unit_id"], self.tables.gaps["cause"], strict=True)
        counts = Counter(
            (place[unit], codes.index(cause))
            for unit, cause in pairs
            if unit in place and cause in codes
        )
        return [[unit, cause, self.count(n)] for (unit, cause), n in sorted(counts.items())]
