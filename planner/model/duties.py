"""What a centre has to do, and what households may need of whom, as data.

Tables of both lie beside this file, and a project may hand in its own: offices count five duties, or seven.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.errors import InputError
from planner.model.small_tables import folded, small_table, words_of

__all__ = ["Duty", "NeedKind", "duties", "is_able", "need_kinds", "needs_in"]

_DUTY = ("code", "zh", "en", "task_zh", "task_en", "talents", "counts", "a_month")
_NEED = ("code", "zh", "en", "words", "talents")


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of every centre.

    Parameters
    ----------
    code, zh, en : str
        Stable name, and what people call it.
    task_zh, task_en : str
        What there is to do, in a few words.
    talents : tuple of str
        Words of strengths (特长) that help with it; any member will do where there are none.
    counts : tuple of str
        Codes of `planner.model.serving.ServiceCount` whose rows in the log tell that it was done.
    a_month : float
        How often a month it is asked; 0 where that is not stated.
    """

    code: str
    zh: str
    en: str
    task_zh: str
    task_en: str
    talents: tuple[str, ...]
    counts: tuple[str, ...]
    a_month: float


@dataclass(frozen=True, slots=True)
class NeedKind:
    """One thing that a household may need of a member.

    Parameters
    ----------
    code, zh, en : str
        Stable name, and what people call it.
    words : tuple of str
        What sheets call it; none for what no other word fits.
    talents : tuple of str
        Words of strengths (特长) of whom can meet it; anybody can where there are none.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    talents: tuple[str, ...]


def duties(source: Path | None = None) -> tuple[Duty, ...]:
    """Read the table of duties; the product's own five where there is no other.

    Parameters
    ----------
    source : Path, optional
        A CSV with the columns ``code, zh, en, task_zh, task_en, talents, counts`` (``|`` between them)``,
        a_month``.

    Raises
    ------
    InputError
        It cannot be read, lacks a column, or a number is none.
    """

    def refusal(name: str) -> InputError:
        return InputError.of("bad-duties", name=name, columns=", ".join(_DUTY))

    return small_table("duties.csv", source, _duty, refusal)


def _duty(row: Mapping[str, str]) -> Duty:
    code, often = row["code"].strip(), float(row["a_month"] or 0)
    if not code or not 0 <= often < math.inf:
        raise ValueError(code)
    zh, en, task_zh, task_en = (row[name].strip() for name in ("zh", "en", "task_zh", "task_en"))
    return Duty(
        code, zh, en, task_zh, task_en, words_of(row["talents"]), words_of(row["counts"]), often
    )


def need_kinds(source: Path | None = None) -> tuple[NeedKind, ...]:
    """Read the table of needs; the product's own where there is no other.

    Parameters
    ----------
    source : Path, optional
        A CSV with the columns ``code, zh, en, words, talents`` (``|`` between them).

    Raises
    ------
    InputError
        It cannot be read or lacks a column.
    """

    def refusal(name: str) -> InputError:
        return InputError.of("bad-need-kinds", name=name, columns=", ".join(_NEED))

    return small_table("need_kinds.csv", source, _need, refusal)


def _need(row: Mapping[str, str]) -> NeedKind:
    code = row["code"].strip()
    if not code:
        raise ValueError(code)
    return NeedKind(code, row["zh"], row["en"], words_of(row["words"]), words_of(row["talents"]))


def needs_in(texts: Iterable[str], kinds: tuple[NeedKind, ...]) -> tuple[str, ...]:
    """Give the codes of what some texts ask for, in the order of the table, each once.

    Parameters
    ----------
    texts : iterable of str
        Each names one thing: what no word fits is the last kind without words, or nothing where there is
        none.
    kinds : tuple of NeedKind
    """
    rest = next((k.code for k in kinds if not k.words), "")
    found = {
        next((k.code for k in kinds if any(w in told for w in k.words)), rest)
        for told in map(folded, texts)
        if told
    }
    return tuple(k.code for k in kinds if k.code in found)


def is_able(strengths: Iterable[str], talents: tuple[str, ...]) -> bool:
    """Tell whether somebody's strengths hold one of some words; anybody is able where no word is asked."""
    return not talents or any(word in folded(own) for own in strengths for word in talents)
