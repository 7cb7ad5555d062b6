"""The scenario desk: several plans in one table, with a picture each."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.api.plan import Plan
from planner.errors import ConfigError, InputError, OutputError
from planner.files import atomic_write
from planner.model.tables import PlanTables
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.render.card import zones_svg
from planner.render.text.shown import Told, meeting_terms
from planner.render.text.words import rule_words

__all__ = ["Scenarios", "compare"]

_WORDS = {
    "rules": ("规则", "rules"),
    "zones": ("责任区数", "zones"),
    "walk_mean_m": ("平均步行（米）", "mean walk, m"),
    "walk_max_m": ("最远步行（米）", "longest walk, m"),
    "gaps": ("未覆盖户数", "homes not covered"),
    "broken": ("未满足规则的责任区数", "zones that break a rule"),
    "moved": ("与第一方案相比换手户数", "homes of another centre than in the first"),
    "optimality_gap": ("最优性间隙", "optimality gap"),
}
PICTURE = 300


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Several plans side by side.

    Parameters
    ----------
    plans : tuple of Plan
    names : tuple of str
        What each is called.

    Examples
    --------
    >>> desk = planner.compare(["one/", "two/"], names=["5-10", "6-12"])  # doctest: +SKIP
    >>> desk.table()  # doctest: +SKIP
    """

    plans: tuple[PlanTables, ...]
    names: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Give the figures, one row a plan; exact, for the office itself.

        Returns
        -------
        DataFrame
            Indexed by name: ``rules, households, zones, walk_mean_m, walk_p90_m, walk_max_m, gaps,
            broken`` (zones that break a rule)``, cost_m, value_m, bound_m, optimality_gap, moved`` (homes
            that have another centre than in the first plan; missing where no home is in both).
        """
        rows = [_figures(plan) | {"moved": self._moved(plan)} for plan in self.plans]
        frame = pd.DataFrame(rows, index=pd.Index(self.names, name="plan"))
        return frame.astype({"moved": "Int64"})

    def rules(self) -> pd.DataFrame:
        """Give each rule of each plan: ``limit`` in words, worst case, and zones or homes that break it.

        Returns
        -------
        DataFrame
            Indexed by plan and rule.
        """
        rows = [
            {
                "plan": name,
                "rule": r.name,
                "low": r.low,
                "high": r.high,
                "worst": r.worst,
                "broken": r.broken,
            }
            for name, plan in zip(self.names, self.plans, strict=True)
            for r in plan.certificate.rules
        ]
        return pd.DataFrame(rows).set_index(["plan", "rule"])

    def page(self) -> str:
        """Give the table as a page for a meeting, with a picture of each plan; its counts are rounded.

        Returns
        -------
        str
            HTML that asks for no file.

        Raises
        ------
        PrivacyError
            A name or a rule book is called like a resident.
        """
        told = [
            _meeting(plan, moved)
            for plan, moved in zip(self.plans, self.table()["moved"], strict=True)
        ]
        heads = "".join(f"<th>{html.escape(name)}</th>" for name in self.names)
        drawn = "".join(f"<td>{zones_svg(plan, PICTURE)}</td>" for plan in self.plans)
        lines = "".join(
            f"<tr><th style='text-align:left'>{zh}<br><small>{en}</small></th>"
            + "".join(f"<td>{html.escape(str(row[key]))}</td>" for row in told)
            + "</tr>"
            for key, (zh, en) in _WORDS.items()
        )
        look = 'style="border-collapse:collapse;text-align:center" cellpadding="6"'
        made = (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>方案对比 scenarios</title>'
            '</head><!-- zone-planner --><body style="font:14px system-ui,sans-serif">'
            f"<table {look}><tr><td></td>{heads}</tr><tr><td></td>{drawn}</tr>{lines}</table></body></html>"
        )
        for plan in self.plans:
            released(made.encode(), "scenarios.html", Audience.MEETING, Secrets.of(plan))
        return made

    def save(self, path: str | Path) -> Path:
        """Write the page.

        Parameters
        ----------
        path : str or Path
            Ends in ``.html``.

        Raises
        ------
        OutputError
            It cannot be written, or something else stands there.
        PrivacyError
            See `page`.
        """
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise OutputError.of("page-name", name=Path(path).name)
        return atomic_write(path, self.page().encode())

    def _moved(self, plan: PlanTables) -> int | None:
        from planner.plan.compare import compared

        try:
            return compared(self.plans[0], plan).moved
        except InputError:
            return None

    def _repr_html_(self) -> str:
        page = self.page()
        return page[page.index("<table") : page.index("</body>")]

    def __repr__(self) -> str:
        return f"<Scenarios: {', '.join(self.names)}>"


def compare(
    plans: Iterable[PlanTables | str | Path], *, names: Sequence[str] | None = None
) -> Scenarios:
    """Put several plans into one table, with a picture of each.

    Parameters
    ----------
    plans : iterable of Plan or path
        Two or more; a path may be that of a plan's folder.
    names : sequence of str, optional
        What each is called; the plan's title, or its number, by default.

    Returns
    -------
    Scenarios
        ``.table()``, ``.rules()``, ``.page()``, ``.save(path)``; shows itself in Jupyter.

    Raises
    ------
    ConfigError
        Fewer than two plans, or other names than plans.
    InputError
        A plan cannot be read.
    """
    if isinstance(plans, PlanTables | str | Path):
        raise ConfigError.of("scenarios-need-two")
    read = tuple(p if isinstance(p, PlanTables) else Plan.load(p) for p in plans)
    if len(read) < 2:
        raise ConfigError.of("scenarios-need-two")
    if names is not None and (len(names) != len(read) or len(set(names)) != len(names)):
        raise ConfigError.of("scenarios-names", n=len(read))
    usual = [f"{k} {p.rules.title_zh or p.rules.name}".strip() for k, p in enumerate(read, 1)]
    return Scenarios(read, tuple(names or usual))


def _figures(plan: PlanTables) -> dict[str, Any]:
    from planner.render.text.figures import summary

    told, c = summary(plan), plan.certificate
    return {
        "rules": plan.rules.name,
        "households": told["households"],
        "zones": told["zones"],
        **{f"walk_{name}_m": told["walk_m"][name] for name in ("mean", "p90", "max")},
        "gaps": sum(told["gaps"].values()),
        "broken": len({v.centre for v in c.violations}),
        "cost_m": c.cost_m,
        "value_m": c.value_m,
        "bound_m": c.bound_m,
        "optimality_gap": c.optimality_gap,
    }


def _meeting(plan: PlanTables, moved: Any) -> dict[str, str]:
    """Tell the same as a meeting may know it."""
    told = Told(plan, meeting_terms(plan))
    figures = told.figures()
    smallest = told.terms.smallest

    def shown(count: int) -> str:
        return f"<{smallest}" if count < 0 else f"{count:,}"

    gaps = list(figures["gaps"].values())
    return {
        "rules": plan.rules.title_zh or plan.rules.name,
        "zones": str(figures["zones"]),
        "walk_mean_m": f"{figures['walk_m']['mean']:,.0f}",
        "walk_max_m": f"{figures['walk_m']['max']:,.0f}",
        # a sum with a hidden part would tell that part
        "gaps": f"<{smallest} …" if min(gaps, default=0) < 0 else shown(sum(gaps)),
        "broken": _broken(plan),
        "moved": "–" if pd.isna(moved) else shown(told.count(int(moved))),
        "optimality_gap": f"{100 * plan.certificate.optimality_gap:.2f} %",
    }


def _broken(plan: PlanTables) -> str:
    """Count the zones that break each rule; how many zones do tells of no home."""
    rules = (r for r in plan.certificate.rules if r.broken and r.name != "walk_m")
    return "；".join(f"{rule_words(r.name)[0]} {r.broken}" for r in rules) or "0"
