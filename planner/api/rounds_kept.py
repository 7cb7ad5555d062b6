"""Where the rounds of a large office go on after a stop: a line a zone, until the results are there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from planner.files import append_line, make_private, withdraw
from planner.plan.care.visits import Way

__all__ = ["RoundsKept"]


class RoundsKept:
    """A record of rounds that grows by a zone at a time; numbers alone, nobody's id.

    Parameters
    ----------
    path : Path
        Made where it is missing, readable by its owner alone; one of other rounds is begun anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.taken = 0
        self._head = ""

    def begun(self, key: str) -> Mapping[int, list[Way]]:
        """Give what stands in the record by the number of the zone; nothing of other rounds.

        A last line that a killed run left half written is no zone.
        """
        self._head = key + "\n"
        try:
            text = self.path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            text = ""
        head, _, rest = text.partition("\n")
        found: dict[int, list[Way]] = {}
        if head == key:
            for line in rest.split("\n")[:-1]:
                try:
                    zone, ways = json.loads(line)
                    found[int(zone)] = [(int(m), list(turn), float(d)) for m, turn, d in ways]
                except (ValueError, TypeError):
                    continue
        if text and (head != key or not text.endswith("\n")):
            # Of another plan or week, or torn: what is whole of it is written again.
            self.done()
            for zone, ways in found.items():
                self.add(zone, ways)
        self.taken = len(found)
        return found

    def add(self, zone: int, ways: list[Way]) -> None:
        """Write the rounds of one zone; they are on the disk when this returns."""
        make_private(self.path)
        line = json.dumps([zone, ways], separators=(",", ":")) + "\n"
        append_line(self.path, line, header=self._head)

    def done(self) -> None:
        """Take the record away: the results are there."""
        withdraw(self.path)
