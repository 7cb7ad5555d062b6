"""Rules of an office about how it writes: ``N楼`` of this estate is ``N号楼``; made in a review."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Rewrite", "read_rewrites", "rewrites_bytes", "rewritten", "rules_file"]

_HEADERS: Final = ("小区", "写法", "实为")
_NUMBER: Final = "([0-9０-９]{1,4}|[一二三四五六七八九十]{1,3})"
_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One rule.

    Parameters
    ----------
    estate : str
        Only addresses that name it; what stands before it does not matter.
    written, meant : str
        With ``N`` for the number, such as ``N楼`` and ``N号楼``.
    """

    estate: str
    written: str
    meant: str

    @property
    def sound(self) -> bool:
        """Whether it can be used: an estate, one number on either side, and a change."""
        sides = (self.written, self.meant)
        return bool(self.estate) and all(s.count("N") == 1 for s in sides) and sides[0] != sides[1]

    def pattern(self) -> re.Pattern[str]:
        """Match the estate, and behind it the number as it is written."""
        before, after = (re.escape(part) for part in self.written.split("N"))
        # nothing is cut out of a longer number, nor 3楼 out of 3楼层
        end = "(?![0-9０-９])" if not after else "(?![层道])" if after.endswith("楼") else ""
        return re.compile(
            f"({re.escape(self.estate)}(?:小区)?[\\s,，]*)(?<![0-9０-９]){before}{_NUMBER}{after}{end}"
        )


def rewritten(texts: Sequence[str], rules: Iterable[Rewrite]) -> list[str]:
    """Put what is meant in the place of what is written."""
    made = list(texts)
    for rule in rules:
        find, meant = rule.pattern(), rule.meant.replace("N", "\\g<2>")
        made = [find.sub(rf"\g<1>{meant}", t, count=1) if rule.estate in t else t for t in made]
    return made


def rules_file(accepted: Path) -> Path:
    """Name the file of rules that lies beside the accepted answers."""
    return accepted.with_name(f"{accepted.stem}-rules.csv")


def read_rewrites(path: Path) -> tuple[Rewrite, ...]:
    """Read the rules that are kept; none where there is no file. Lines that cannot be used are left out."""
    if not path.is_file():
        return ()
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig", errors="replace")))
    cells = ([(row.get(name) or "").strip().removeprefix("'") for name in _HEADERS] for row in rows)
    return tuple(rule for rule in (Rewrite(*own) for own in cells) if rule.sound)


def rewrites_bytes(rules: Iterable[Rewrite]) -> bytes:
    """Write rules as a CSV for people to read, each once."""
    out = io.StringIO(newline="")
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(_HEADERS)
    for rule in dict.fromkeys(rules):
        values = (rule.estate, rule.written, rule.meant)
        sheet.writerow([f"'{v}" if v.startswith(_FORMULA) else v for v in values])
    return out.getvalue().encode("utf-8-sig")
