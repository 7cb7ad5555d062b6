"""The README's table of what a service tells of itself: twenty-two things, each with its command."""

from __future__ import annotations

import re
from pathlib import Path

from planner.cli import app

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")


def test_each_thing_has_a_command_that_there_is() -> None:
    """As many rows as the service has things; whatever is called planner is a command."""
    table = README.split("## What the service does", 1)[1].split("\n\n**", 1)[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert len(rows) == 22
    calls = [c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands]
    known = {name.replace("draw_map", "map") for name in calls}
    named = set(re.findall(r"`planner (\w+)", "\n".join(rows)))
    assert named <= known
    assert len(named) >= 7
