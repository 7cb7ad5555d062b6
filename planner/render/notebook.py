"""Progress in a notebook: one line a stage, redrawn in place."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["OFTEN_S", "Event", "NotebookProgress", "in_notebook"]

OFTEN_S = 0.2  # A notebook is redrawn no oftener than this
_BARS = """<table style="border-collapse:collapse;font:13px system-ui,sans-serif">
{%- for row in rows %}<tr><td style="padding:2px 10px 2px 0">{{ row.words }}</td>
<td style="width:160px"><progress max="1" value="{{ '%.3f' % row.share }}" style="width:150px"
aria-label="{{ row.name }}"></progress></td>
<td style="padding:0 10px;text-align:right">{{ '%.1f' % row.seconds }} s</td>
<td>{{ row.detail }}</td></tr>
{%- endfor %}</table>"""


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a run, for whoever shows its progress.

    Parameters
    ----------
    stage : str
        Such as one of `planner.api.zone.STAGES`.
    done : float
        Share of the stage that is done, 0 to 1.
    detail : str
        What is known so far, such as the optimality gap.
    search : Progress, optional
        How far the search for zones is, where it is that which goes on; see `planner.solve.stop`.
    """

    stage: str
    done: float
    detail: str = ""
    search: object = None


def in_notebook() -> bool:
    """Tell whether the code runs in a notebook's kernel."""
    import sys

    # asked of what is loaded: importing IPython to find out would be slow
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


class NotebookProgress:
    """A listener that draws bars where the cell's output is.

    Parameters
    ----------
    words : dict of str to str, optional
        What each stage is called.

    Examples
    --------
    >>> plan = planner.run(project, listener=NotebookProgress())  # doctest: +SKIP
    """

    def __init__(self, words: dict[str, str] | None = None) -> None:
        self.words = words or {}
        self.steps: dict[str, Event] = {}
        self.began: dict[str, float] = {}
        self.took: dict[str, float] = {}
        self._handle: Any = None
        self._drawn_at = 0.0

    def __call__(self, event: Event) -> None:
        """Move the bar of the event's stage."""
        now = time.perf_counter()
        known = self.steps.get(event.stage)
        self.began.setdefault(event.stage, now)
        if event.done >= 1.0:
            self.took[event.stage] = now - self.began[event.stage]
        if known is not None and not event.detail:
            event = replace(event, detail=known.detail)  # a stage ends without another word
        self.steps[event.stage] = event
        if event.done >= 1.0 or now - self._drawn_at >= OFTEN_S:
            self._drawn_at = now
            self._draw()

    def html(self) -> str:
        """Give the bars as HTML; every text is escaped."""
        from jinja2 import Environment

        now = time.perf_counter()
        rows = [
            {
                "name": name,
                "words": self.words.get(name, name),
                "share": min(max(step.done, 0.0), 1.0),
                "seconds": self.took.get(name, now - self.began[name]),
                "detail": step.detail,
            }
            for name, step in self.steps.items()
        ]
        return Environment(autoescape=True).from_string(_BARS).render(rows=rows)

    def _draw(self) -> None:
        from IPython.display import HTML, display

        if self._handle is None:
            self._handle = display(HTML(self.html()), display_id=True)
        else:
            self._handle.update(HTML(self.html()))
