"""How a notebook asks for the panel; the widget is imported only then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.api.panel.trial import Trial
from planner.api.plan import Plan
from planner.errors import MissingExtraError
from planner.model.project import Project

if TYPE_CHECKING:
    from planner.api.panel.widget import Panel

__all__ = ["panel"]


def panel(project: Project | str | Path, plan: Plan | str | Path | None = None) -> Panel:
    """Show rules, zones that stay and a price as a panel in a notebook: solve, look, accept.

    It asks no server: the kernel of the notebook does the work.  The Python that does the same stands in it.

    Parameters
    ----------
    project : Project or path
    plan : Plan or path, optional
        The plan that stands; without one the first solve makes it.

    Returns
    -------
    Panel
        A widget (anywidget); ``.plan`` is the plan that was accepted last, ``.trial`` does it all in Python.

    Raises
    ------
    MissingExtraError
        anywidget is not installed.

    Examples
    --------
    >>> desk = planner.panel("planner.toml")  # doctest: +SKIP
    >>> desk.plan.summary()  # doctest: +SKIP
    """
    try:
        from planner.api.panel.widget import Panel
    except ImportError as missing:
        raise MissingExtraError("anywidget", "notebook") from missing
    files = [str(given) if isinstance(given, str | Path) else "" for given in (project, plan)]
    stands = Plan.load(plan) if isinstance(plan, str | Path) else plan
    return Panel(Trial(Project.of(project), stands, *files))
