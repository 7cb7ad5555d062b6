"""The widget of the panel: what a notebook shows of a trial, and what it is asked there."""

from __future__ import annotations

import html
import time
from importlib import resources
from typing import Any

import anywidget
import traitlets

from planner.api.panel.trial import Trial, Wanted
from planner.api.plan import Plan
from planner.api.progress import Event
from planner.errors import ConfigError, PlannerError
from planner.render.card import card_html
from planner.render.notebook import OFTEN_S

__all__ = ["Panel"]

_PAGE = resources.files("planner.render.panel")


class Panel(anywidget.AnyWidget):
    """A panel in a notebook that tries rules, zones that stay and a price on a project.

    Parameters
    ----------
    trial : Trial

    Attributes
    ----------
    form : dict
        What may be set; see `planner.api.panel.trial.Trial.form`.
    shown : dict
        ``state`` (``ready``, ``busy``, ``found``, ``failed``), ``said``, ``said_zh``, ``done`` (share of the
        work), ``card`` (HTML without a resident) and ``code``.
    """

    _esm = _PAGE.joinpath("panel.js").read_text("utf-8")
    _css = _PAGE.joinpath("panel.css").read_text("utf-8")
    form = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self.trial = trial
        self._told_at = 0.0
        self.form = trial.form()
        self._show("ready")
        self.on_msg(self._heard)

    @property
    def plan(self) -> Plan | None:
        """The plan that was accepted last."""
        return self.trial.plan

    def solve(self, wanted: Wanted) -> Plan | None:
        """Make a plan, telling how far it is; what is refused is said in the panel, and gives None."""
        self._show("busy")
        try:
            plan = self.trial.attempt(wanted, self._listen)
        except PlannerError as refused:
            return self._refused(refused)
        except KeyboardInterrupt:
            self._show("ready")
            raise
        moved = plan.provenance.get("homes_moved")
        self._show("found", *(() if moved is None else _moved_words(int(moved))))
        return plan

    def accept(self) -> Plan | None:
        """Take what was found as the plan that stands."""
        try:
            plan = self.trial.accept()
        except PlannerError as refused:
            return self._refused(refused)
        self.form = self.trial.form()
        self._show("ready")
        return plan

    def _heard(self, _: object, asked: dict[str, Any], __: object = None) -> None:
        """Do what a button asks for."""
        if asked.get("do") == "accept":
            self.accept()
        elif asked.get("do") == "solve":
            try:
                wanted = _wanted(asked)
            except ConfigError as refused:
                self._refused(refused)
            else:
                self.solve(wanted)

    def _refused(self, why: PlannerError) -> None:
        self._show("failed", why.told(("zh",)), str(why))

    def _listen(self, event: Event) -> None:
        now = time.perf_counter()
        if event.done >= 1.0 or now - self._told_at >= OFTEN_S:
            self._told_at = now
            self._show("busy", event.stage, event.stage, done=event.done)

    def _show(self, state: str, zh: str = "", en: str = "", *, done: float = 0.0) -> None:
        plan = self.trial.found or self.trial.plan
        busy = state == "busy"
        card = self.shown.get("card", "") if busy else "" if plan is None else _card(plan)
        code = self.shown.get("code", "") if busy else self.trial.code
        told = {"state": state, "said_zh": zh, "said": en, "done": done, "card": card, "code": code}
        self.shown = told


def _moved_words(n: int) -> tuple[str, str]:
    return f"{n}户换手", "1 home changes hands" if n == 1 else f"{n} homes change hands"


def _card(plan: Plan) -> str:
    """Give the picture and the figures of a plan, or in words why they may not be shown."""
    try:
        return card_html(plan)
    except PlannerError as refused:
        return f"<p>{html.escape(refused.told(('zh', 'en')))}</p>"


def _wanted(asked: dict[str, Any]) -> Wanted:
    """Read what a panel sends: numbers as they were typed, blank where a side is left as it is.

    Raises `ConfigError`: something is no number.
    """
    limits = {
        str(name): (_number(low, str(name)), _number(high, str(name)))
        for name, (low, high) in dict(asked.get("limits") or {}).items()
    }
    stay = tuple(sorted(int(number) for number in asked.get("stay") or ()))
    price = _number(asked.get("price_m"), "price_m")
    return Wanted(limits, stay, *(() if price is None else (price,)))


def _number(value: object, where: str) -> float | None:
    text = str("" if value is None else value).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not number >= 0 or number == float("inf"):
        raise ConfigError.of("bound-not-number", where=where, value=text)
    return number
