"""Misspelt street names: candidates among the known ones, with what each costs.

Digits are never corrected: ``91st`` for ``93rd`` is another street, not a slip that can be seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from planner.intake.gazetteer.western.streets import spelled_out, street_stem

__all__ = ["StreetSpeller"]

MOST_EDITS: Final = 3
# Costs in edits: less than one slip, for people leave such things out on purpose.
NO_TYPE: Final = 0.6
CUT_SHORT: Final = 0.6
CUT_ENDING: Final = 0.3
CHUNK: Final = 4000  # names against all spellings: a table of bytes, some tens of megabytes
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, eq=False)
class StreetSpeller:
    """Finds the known street names near a misspelt one.

    Parameters
    ----------
    choices : mapping of tuple to (list of str, list of str, list of float)
        By the digits in the name: spellings, their street keys, and what each costs from the start.
    starts : list of (str, str)
        Full spelling and key, sorted.
    """

    choices: dict[tuple[str, ...], tuple[list[str], list[str], list[float]]]
    starts: list[tuple[str, str]]

    @classmethod
    def of(cls, keys: Iterable[str]) -> Self:
        """Prepare the spellings of some street keys."""
        known = sorted(keys)
        endings = _endings([spelled_out(key) for key in known])
        made: dict[tuple[str, ...], tuple[list[str], list[str], list[float]]] = {}
        for key in known:
            long = spelled_out(key)
            spellings = {street_stem(key): NO_TYPE, key: 0.0, long: 0.0}
            for ending in endings:
                if long.endswith(ending) and len(long) > len(ending) + 3:
                    spellings.setdefault(long.removesuffix(ending) + ending[0], CUT_ENDING)
            texts, of, costs = made.setdefault(tuple(_DIGITS.findall(key)), ([], [], []))
            for text, cost in spellings.items():
                if text:
                    texts.append(text)
                    of.append(key)
                    costs.append(cost)
        return cls(made, sorted((spelled_out(key), key) for key in known))

    def near(self, names: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
        """Find the streets near each name.

        Parameters
        ----------
        names : sequence of str
            Reduced names that are not known.

        Returns
        -------
        dict of str to list of (str, float)
            Name -> street keys and costs, in edits.
        """
        found: dict[str, dict[str, float]] = defaultdict(dict)
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name in dict.fromkeys(names):
            groups[tuple(_DIGITS.findall(name))].append(name)
            self._completed(name, found[name])
        for digits, group in sorted(groups.items()):
            if digits in self.choices:
                self._compare(group, digits, found)
        return {
            name: sorted(keys.items(), key=lambda kv: (kv[1], kv[0]))
            for name, keys in found.items()
            if keys
        }

    def _completed(self, name: str, found: dict[str, float]) -> None:
        """Complete a name that was cut short: ``mannerheimint`` for mannerheimintie."""
        text = spelled_out(name)
        if len(text) < 5:
            return
        i = bisect_left(self.starts, (text, ""))
        hits: list[str] = []
        while i < len(self.starts) and self.starts[i][0].startswith(text) and len(hits) < 4:
            hits.append(self.starts[i][1])
            i += 1
        for key in hits:
            _keep(found, key, CUT_SHORT)

    def _compare(
        self, names: Sequence[str], digits: tuple[str, ...], found: dict[str, dict[str, float]]
    ) -> None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        texts, keys, costs = self.choices[digits]
        for start in range(0, len(names), CHUNK):
            part = list(names[start : start + CHUNK])
            for spelling in (part, [spelled_out(n) for n in part]):
                apart = process.cdist(
                    spelling, texts, scorer=OSA.distance, score_cutoff=MOST_EDITS, dtype=np.uint8
                )
                for r, c in zip(*np.nonzero(apart <= MOST_EDITS), strict=True):
                    edits = int(apart[r, c])
                    if edits <= _allowed(texts[c]):
                        _keep(found[part[r]], keys[c], edits + costs[c])


def _endings(names: Sequence[str]) -> list[str]:
    """Find what many one-word names end with, such as ``katu``: people write its first letter only."""
    tails = Counter(
        n[-size:] for n in names for size in range(3, 8) if " " not in n and len(n) > size + 3
    )
    return sorted(t for t, n in tails.items() if n >= max(4, 0.04 * len(names)))


def _keep(found: dict[str, float], key: str, cost: float) -> None:
    found[key] = min(cost, found.get(key, cost))


def _allowed(text: str) -> int:
    # A short name with two slips is another name.
    letters = sum(c.isalpha() for c in text)
    return 0 if letters < 2 else 1 if letters < 7 else 2 if letters < 12 else MOST_EDITS
