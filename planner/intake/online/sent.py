"""What was sent, to whom and when: a value that the caller can write down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Audit", "Sent"]


@dataclass(frozen=True, slots=True)
class Sent:
    """One building that was asked for.

    Parameters
    ----------
    time : str
        UTC, ISO 8601, when the answer was in.
    text : str
        What was sent: building level, never a room, name or number of a person.
    requests : int
        Requests that it took.
    outcome : str
        `planner.intake.online.services.replies.Verdict`.
    """

    time: str
    text: str
    requests: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that left the machine in one run.

    Parameters
    ----------
    service, host : str
        Who was asked.
    sent : tuple of Sent
        In the order of asking.
    """

    service: str
    host: str
    sent: tuple[Sent, ...] = ()

    @property
    def requests(self) -> int:
        """Requests made, further tries included."""
        return sum(one.requests for one in self.sent)

    def to_frame(self) -> pd.DataFrame:
        """Give it as a table.

        Returns
        -------
        DataFrame
            ``time, service, host, text, requests, outcome``.
        """
        import pandas as pd

        rows = [(s.time, self.service, self.host, s.text, s.requests, s.outcome) for s in self.sent]
        return pd.DataFrame(
            rows, columns=["time", "service", "host", "text", "requests", "outcome"]
        )

    def __str__(self) -> str:
        return f"{self.requests} requests for {len(self.sent)} buildings to {self.service} ({self.host})"
