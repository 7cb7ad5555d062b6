"""What a data check says passes the gate: a text that would tell of a person is withheld.

The report names places in a sheet, never what stands there; headers, sheet names and names of files are
the office's own words, though, and may hold anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final

from planner.errors import Finding, PrivacyError
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.marks import folded, marks_in

__all__ = ["AUDIENCE", "WITHHELD", "WITHHELD_ZH", "gated", "withheld_findings", "withheld_texts"]

AUDIENCE: Final = Audience.MEETING
"""Reports of a check are handed round in the office like the summary of a plan."""
WITHHELD: Final = "what stands here tells of a person and is not repeated"
WITHHELD_ZH: Final = "此处内容涉及个人信息，不予显示"
_HIDDEN: Final = "***"


def withheld_texts(texts: Iterable[str], secrets: Secrets) -> list[str]:
    """Give texts back, ``***`` for those that tell of a person.

    `secrets`: what the sheets hold of people; id numbers, phones and rooms are known without it.
    """
    listed = list(texts)
    told = _telling(listed, secrets)
    return [_HIDDEN if i in told else text for i, text in enumerate(listed)]


def withheld_findings(findings: Sequence[Finding], secrets: Secrets) -> list[Finding]:
    """Give findings back; where one tells of a person its place stays and its words go."""
    names = ("what", "what_zh", "remedy", "remedy_zh", "sheet", "column")
    texts = [getattr(f, name) for f in findings for name in names]
    told = _telling(texts, secrets)
    if not told:
        return list(findings)
    made = []
    for i, finding in enumerate(findings):
        wrong = {name for k, name in enumerate(names) if i * len(names) + k in told}
        if wrong & {"what", "what_zh", "remedy", "remedy_zh"}:
            finding = replace(
                finding,
                what=WITHHELD,
                what_zh=WITHHELD_ZH,
                remedy="look at that place of the sheet",
                remedy_zh="请查看原表该处",
            )
        made.append(replace(finding, **dict.fromkeys(wrong & {"sheet", "column"}, _HIDDEN)))
    return made


def gated(name: str, content: bytes, secrets: Secrets) -> bytes:
    """Let a finished report through, or refuse it.

    `name`: ``check.md`` or ``check.json``.
    `content`: UTF-8.
    Gives: `content`; of a page of Markdown, lines that tell of a person only in all their cells
    together are withheld.
    Raises `PrivacyError`: it still holds what a meeting must not see, as in the name of a file.
    """
    try:
        released(content, name, AUDIENCE, secrets)
    except PrivacyError:
        if not name.endswith(".md"):
            raise
        # Each cell was cleared by itself; two together may still make a name and its door.
        lines = content.decode("utf-8").split("\n")
        told = _telling(lines, secrets)
        kept = [f"| {WITHHELD_ZH} {WITHHELD} |" if i in told else s for i, s in enumerate(lines)]
        content = "\n".join(kept).encode()
        released(content, name, AUDIENCE, secrets)
    return content


def _telling(texts: Sequence[str], secrets: Secrets) -> set[int]:
    """Find the texts that tell of a person; all are searched at once, for a search has a price of its own."""
    plain = [folded(text.replace("\n", " ")) for text in texts]
    known: dict[str, bool] = {}
    told: set[int] = set()
    for i, text in enumerate(plain):
        if text not in known:
            known[text] = any(True for _ in marks_in(text, spoken=True, allowed=secrets.phones))
        if known[text]:
            told.add(i)
    if len(secrets):
        starts = [0, *accumulate(len(text) + 1 for text in plain)]
        whole = "\n".join(plain)
        hits = [*secrets.found_in(whole), *secrets.found_apart(whole)]
        told |= {bisect_right(starts, at) - 1 for _, at in hits}
    return told
