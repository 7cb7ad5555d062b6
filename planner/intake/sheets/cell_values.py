"""Cells become clean text, ids, loads and flags; every repair is noted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.errors import Finding, SchemaError, Severity

__all__ = [
    "LISTED", "Notes", "clean_column", "clean_ids", "fill_same_as_above",
    "half_width", "read_flags", "read_loads",
]  # fmt: skip

MOST_LOAD: Final = 1000.0
LISTED: Final = 50
_UNWANTED = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufffe\\uffff"
    "\\ud800-\\udfff]"
)
_SPACES = re.compile(r"[\s\u2028\u2029]+")
_NEEDS = re.compile(r"[^\x21-\x7e\u4e00-\u9fff]|^ | $|  ")
_POINT_ZERO = re.compile(r"^(-?\d+)\.0+$")
_WIDE = {
    code: code - 0xFEE0 for a, b in ("０９", "ＡＺ", "ａｚ") for code in range(ord(a), ord(b) + 1)
}
_REPAIRS = (
    ("control-characters", "invisible or control characters were taken out", "已去除不可见字符"),
    ("stray-blanks", "blanks before, behind or doubled were taken out", "已去除多余空格"),
    (
        "full-width",
        "full-width letters or digits were read as plain ones",
        "全角字母或数字已按半角读取",
    ),
)
_SAME = frozenset({"同上", "〃", '"', "″", "”", "ditto", "同左"})
_YES = frozenset(
    {"是", "yes", "y", "1", "true", "t", "√", "✓", "✔", "☑", "对", "有", "x", "中心户", "1.0"}
)
_NO = frozenset(
    {"", "否", "no", "n", "0", "false", "f", "×", "✗", "☐", "非", "无", "不是", "-", "/", "0.0"}
)
_UNIT = re.compile(r"(?:口人|口|人|个|户|分钟|分|min|minutes)$", re.I)
_CHINESE = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


@dataclass(frozen=True, eq=False)
class Notes:
    """Where repairs are written down.

    Parameters
    ----------
    frame : DataFrame, n rows
        With ``file, sheet, row`` of every row.
    findings : list of Finding
        Is added to.
    """

    frame: pd.DataFrame
    findings: list[Finding]

    def once(
        self, code: str, severity: Severity, count: int, what: str, zh: str, column: str
    ) -> None:
        """Note what holds for many cells of a column, once."""
        if count:
            files = pd.unique(self.frame["file"])
            name = str(files[0]) if len(files) == 1 else ""
            what = f"{count} cell(s): {what}"
            self.findings.append(
                Finding(code, severity, what, f"{count}处：{zh}", file=name, column=column)
            )

    def each(
        self, code: str, severity: Severity, rows: NDArray[np.intp], what: str, zh: str, column: str
    ) -> None:
        """Note cells one by one; past `LISTED` of them, the rest together."""
        for i in rows[:LISTED]:
            at = self.frame.iloc[int(i)]
            self.findings.append(
                Finding(
                    code,
                    severity,
                    what,
                    zh,
                    file=at["file"],
                    sheet=at["sheet"],
                    row=int(at["row"]),
                    column=column,
                )
            )
        self.once(code, severity, max(0, len(rows) - LISTED), f"further ones: {what}", zh, column)


def half_width(text: str) -> str:
    """Fold compatibility forms (NFKC): full-width digits and letters, ligatures."""
    return unicodedata.normalize("NFKC", text)


def clean_column(values: pd.Series, name: str, notes: Notes) -> pd.Series:
    """Take invisible characters out, make every run of blanks one, full-width letters and digits narrow."""
    texts = values.to_list()
    rows: tuple[list[int], list[int], list[int]] = ([], [], [])
    for i, text in enumerate(texts):
        if text and _NEEDS.search(text):
            steps = [text, _UNWANTED.sub("", text)]
            steps.append(_SPACES.sub(" ", steps[-1]).strip())
            steps.append(steps[-1].translate(_WIDE) if name != "id" else steps[-1])
            for changed, before, after in zip(rows, steps[:-1], steps[1:], strict=True):
                if before != after:
                    changed.append(i)
            texts[i] = steps[-1]
    for changed, (code, what, zh) in zip(rows, _REPAIRS, strict=True):
        notes.each(code, Severity.FIX, np.array(changed, np.intp), what, zh, name)
    if name == "community":
        texts = [half_width(t) for t in texts]
    return pd.Series(texts, index=values.index, dtype=object)


def clean_ids(ids: pd.Series, notes: Notes) -> pd.Series:
    """Fold widths, trim, and undo ``12.0``; nothing else: ``007`` stays ``007``."""
    texts = [t if t.isascii() else half_width(t).strip() for t in ids]
    folded = sum(a != b for a, b in zip(texts, ids, strict=True))
    notes.once(
        "id-width",
        Severity.FIX,
        folded,
        "full-width characters of ids were folded",
        "编号全角转半角",
        "编号",
    )
    floats = [bool(_POINT_ZERO.match(t)) for t in texts]
    if any(floats):
        texts = [_POINT_ZERO.sub(r"\1", t) for t in texts]
        notes.once(
            "id-float",
            Severity.FIX,
            sum(floats),
            "ids such as 12.0 were read as 12",
            "编号12.0按12读取",
            "编号",
        )
    return pd.Series(texts, index=ids.index, dtype=object)


def fill_same_as_above(
    values: pd.Series, frame: pd.DataFrame, name: str, notes: Notes
) -> pd.Series:
    """Give ``同上`` the value of the row above in the same sheet."""
    same = values.isin(_SAME).to_numpy()
    if not same.any():
        return values
    texts = values.to_list()
    sheet = (frame["file"] + "\x1f" + frame["sheet"]).to_list()
    for i in np.flatnonzero(same):
        texts[i] = texts[i - 1] if i and sheet[i] == sheet[i - 1] else ""
    notes.each(
        "same-as-above", Severity.FIX, np.flatnonzero(same),
        "the value of the row above was taken", "“同上”已按上一行填写", name,
    )  # fmt: skip
    return pd.Series(texts, index=values.index, dtype=object)


def read_loads(
    frame: pd.DataFrame, code: NDArray[np.object_], reason: NDArray[np.object_], notes: Notes
) -> NDArray[np.float64]:
    """Read the loads; 1 where nothing is stated.

    Parameters
    ----------
    frame : DataFrame, n rows
        With ``load`` as text and ``load_header``.
    code, reason : ndarray of object, shape (n,)
        Written to where a load cannot be used: negative, over `MOST_LOAD`, a guess, part of a person.
    notes : Notes

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    texts = frame["load"].to_numpy(object)
    if not (texts != "").any():
        return np.ones(len(frame))
    plain = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(float, copy=True)
    repaired: list[int] = []
    for i in np.flatnonzero(~np.isfinite(plain) & (texts != "")):
        plain[i] = _number(str(texts[i]))
        if np.isfinite(plain[i]):
            repaired.append(int(i))
    notes.each("number-text", Severity.FIX, np.array(repaired, np.intp),
    "a number written in words or with a unit "
               "was read", "已识别带单位或中文数字", "load")  # fmt: skip
    whole = (
        frame["load_header"]
        .str.contains("人|口|户|person|people|household", case=False)
        .to_numpy(bool)
    )
    bad = (texts != "") & ~(np.isfinite(plain) & (plain >= 0) & (plain <= MOST_LOAD))
    bad |= whole & np.isfinite(plain) & (plain % 1 != 0)
    fresh = bad & (code == "")
    code[fresh], reason[fresh] = "bad-load", f"the load is not a number from 0 to {MOST_LOAD:g}"
    return np.where(bad | (texts == ""), 1.0, plain)


def _number(text: str) -> float:
    folded = half_width(text).strip().replace(" ", "")
    folded = _UNIT.sub("", folded)
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?", folded):
        return float(folded.replace(",", ""))
    return _chinese(folded)


def _chinese(text: str) -> float:
    """Read Chinese numerals up to 99, such as 三, 十二, 二十五."""
    match = re.fullmatch(r"([一二两三四五六七八九])?(十)?([零〇一二三四五六七八九])?", text)
    if not text or match is None:
        return float("nan")
    tens, ten, ones = match.groups()
    if ten:
        return float(10 * _CHINESE.get(tens or "一", 1) + _CHINESE.get(ones or "零", 0))
    return float(_CHINESE[text]) if text in _CHINESE else float("nan")


def read_flags(values: pd.Series, notes: Notes) -> NDArray[np.bool_]:
    """Read yes and no.

    Raises
    ------
    SchemaError
        A cell says neither; every such row is named.
    """
    words = np.array([half_width(str(v)).strip().casefold() for v in values], object)
    yes = np.isin(words, sorted(_YES))
    unclear = np.flatnonzero(~yes & ~np.isin(words, sorted(_NO)))
    if len(unclear):
        frame = notes.frame
        faults = [
            Finding("unclear-flag", Severity.STOP, "the cell says neither 是/yes nor 否/no",
            "应填写“是”或“否”",
                    "write 是 or 否", "请填写“是”或“否”", frame["file"].iloc[i], frame["sheet"].iloc[i],
                    int(frame["row"].iloc[i]), "是否中心户")
            for i in unclear
        ]  # fmt: skip
        files = ", ".join(dict.fromkeys(frame["file"].iloc[unclear]))
        raise SchemaError(
            f"{files}: {len(unclear)} cell(s) of 是否中心户/centre cannot be read", findings=faults
        )
    return yes
