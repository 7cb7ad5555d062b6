"""Cells become clean text, ids and loads; every repair is told."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding
from planner.intake.address.grammar.numerals import to_int
from planner.intake.sheets.notes import each, once
from planner.model.characters import simplified

__all__ = [
    "DITTO",
    "MOST_LOAD",
    "clean_column",
    "clean_ids",
    "community_name",
    "fill_same_as_above",
    "half_width",
    "number_in",
    "read_loads",
]

MOST_LOAD: Final = 1000.0
_UNWANTED = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufffe\\uffff"
    "\\ud800-\\udfff]"
)
_SPACES = re.compile(r"[\s\u2028\u2029]+")
# Most cells need nothing: one look tells, so that 35,000 rows cost a tenth of a second a column.
_NEEDS = re.compile(r"[^\x21-\x7e\u4e00-\u9fff]|^ | $|  ")
# Letters and digits only: folding all of NFKC would change what a name is written with.
_WIDE = {
    code: code - 0xFEE0 for a, b in ("０９", "ＡＺ", "ａｚ") for code in range(ord(a), ord(b) + 1)
}
_REPAIRS: Final = ("control-characters", "stray-blanks", "full-width")
DITTO: Final = frozenset({"同上", "〃", '"', "″", "”", "ditto", "同左"})
"""What clerks write for the value of the row above."""
_UNIT = re.compile(r"(?:口人|口|人|个|户|分钟|分|min|minutes)$", re.I)
_COUNTED = re.compile("人|口|户|person|people|household", re.I)


def half_width(text: str) -> str:
    """Fold compatibility forms (NFKC): full-width digits and letters, ligatures."""
    return unicodedata.normalize("NFKC", text)


def community_name(text: str) -> str:
    """Write the name of a community as homes meet their fence by it: （一） and (一), 東 and 东 are one."""
    return simplified(half_width(text))


def clean_column(
    values: pd.Series, name: str, rows: pd.DataFrame
) -> tuple[pd.Series, list[Finding]]:
    """Take invisible characters out, make every run of blanks one, full-width letters and digits narrow.

    Parameters
    ----------
    values : Series of str, n rows
    name : str
        Role of the column; ids keep their width here (see `clean_ids`).
    rows : DataFrame, n rows
        With ``file, sheet, row``.
    """
    texts = values.to_list()
    changed: tuple[list[int], list[int], list[int]] = ([], [], [])
    for i, text in enumerate(texts):
        if text and _NEEDS.search(text):
            steps = [text, _UNWANTED.sub("", text)]
            steps.append(_SPACES.sub(" ", steps[-1]).strip())
            steps.append(steps[-1].translate(_WIDE) if name != "id" else steps[-1])
            for own, before, after in zip(changed, steps[:-1], steps[1:], strict=True):
                if before != after:
                    own.append(i)
            texts[i] = steps[-1]
    said: list[Finding] = []
    for own, code in zip(changed, _REPAIRS, strict=True):
        said += each(rows, own, Finding.of(code, {"column": name}))
    if name == "community":
        texts = [community_name(t) for t in texts]
    return pd.Series(texts, index=values.index, dtype=object), said


def clean_ids(ids: pd.Series, rows: pd.DataFrame) -> tuple[pd.Series, list[Finding]]:
    """Fold widths and trim; nothing else: ``007`` stays ``007``."""
    texts = [t if t.isascii() else half_width(t).strip() for t in ids]
    folded = sum(a != b for a, b in zip(texts, ids, strict=True))
    width = Finding.of("id-width", {"column": "编号"})
    return pd.Series(texts, index=ids.index, dtype=object), once(rows, folded, width)


def fill_same_as_above(
    values: pd.Series, name: str, rows: pd.DataFrame
) -> tuple[pd.Series, list[Finding]]:
    """Give ``同上`` the value of the row above in the same sheet."""
    same = np.flatnonzero(values.isin(DITTO))
    if not len(same):
        return values, []
    texts = values.to_list()
    sheet = (rows["file"] + "\x1f" + rows["sheet"]).to_list()
    for i in same:
        texts[i] = texts[i - 1] if i and sheet[i] == sheet[i - 1] else ""
    told = Finding.of("same-as-above", {"column": name})
    return pd.Series(texts, index=values.index, dtype=object), each(rows, same, told)


def read_loads(
    frame: pd.DataFrame,
) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[Finding]]:
    """Read the loads; 1 where nothing is stated.

    Parameters
    ----------
    frame : DataFrame, n rows
        With ``load`` as text, ``load_header`` and ``file, sheet, row``.

    Returns
    -------
    load : ndarray of float64, shape (n,)
    bad : ndarray of bool, shape (n,)
        The load cannot be used: negative, over `MOST_LOAD`, a guess, part of a person.
    said : list of Finding
    """
    texts = frame["load"].to_numpy(object)
    given = texts != ""
    if not given.any():
        return np.ones(len(frame)), np.zeros(len(frame), bool), []
    plain = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(float, copy=True)
    repaired: list[int] = []
    for i in np.flatnonzero(~np.isfinite(plain) & given):
        plain[i] = number_in(str(texts[i]))
        if np.isfinite(plain[i]):
            repaired.append(int(i))
    said = each(frame, repaired, Finding.of("number-text", {"column": "load"}))
    whole = frame["load_header"].str.contains(_COUNTED).to_numpy(bool)
    bad = given & ~(np.isfinite(plain) & (plain >= 0) & (plain <= MOST_LOAD))
    # Half a person is a slip of the pen, half a minute is not.
    bad |= whole & np.isfinite(plain) & (plain % 1 != 0)
    return np.where(bad | ~given, 1.0, plain), bad, said


def number_in(text: str) -> float:
    """Read a number as clerks write it, ``1,250``, ``３０分钟`` or ``二十``; NaN where there is none."""
    folded = _UNIT.sub("", half_width(text).strip().replace(" ", ""))
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?", folded):
        return float(folded.replace(",", ""))
    whole = to_int(folded)
    return float("nan") if whole is None else float(whole)
