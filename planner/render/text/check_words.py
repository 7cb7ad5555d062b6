"""What a data check says to people: severities, default remedies, and refusals in Chinese too."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from planner.errors import Finding, InputError, SchemaError, Severity
from planner.model.schema import HOUSEHOLDS, MEMBERS
from planner.render.text.words import Both

__all__ = ["SEVERITY_WORDS", "completed", "refusals_of", "role_words"]

SEVERITY_WORDS: Mapping[Severity, Both] = MappingProxyType(
    {
        Severity.STOP: ("必须改正", "stop"),
        Severity.HOLD: ("已搁置", "held"),
        Severity.WARN: ("请留意", "look"),
        Severity.FIX: ("已修复", "repaired"),
    }
)
"""Severity -> Chinese and English, from the worst to the mildest."""

_BY_SEVERITY: Mapping[Severity, Both] = MappingProxyType(
    {
        Severity.STOP: ("请在表中改正后重新提交", "correct it in the sheet and hand it in again"),
        Severity.HOLD: (
            "请在表中改正；未改正前该户列为覆盖空白",
            "correct the row; until then it is a gap",
        ),
        Severity.WARN: ("请核对", "please look at it"),
        Severity.FIX: ("无需处理；如有误请改原表", "nothing, unless it was read wrongly"),
    }
)
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
# A reader names the row at fault in its message, and there the finding should stand.
_ROW = re.compile(r"\b(?:in |first )?row (\d+)")


def refusals_of(error: InputError | Exception, file: str) -> list[Finding]:
    """Turn a refusal of a file into findings that stand where the fault stands.

    Gives: those that the error carries, else one; of severity STOP, in both languages.
    """
    if isinstance(error, SchemaError) and error.findings:
        return [completed(f if f.file else replace(f, file=file)) for f in error.findings]
    what = str(getattr(error, "message", error))
    remedy = str(getattr(error, "remedy", ""))
    key = str(getattr(error, "key", ""))
    code = next((code for code, keys in _WORDS["refusals"].items() if key in keys), "refused")
    zh = getattr(error, "zh", "") or "文件无法使用"
    usual_zh, usual = _BY_SEVERITY[Severity.STOP]
    remedy_zh = getattr(error, "remedy_zh", "") or ("请按英文说明处理" if remedy else usual_zh)
    row, remedy = _ROW.search(what), remedy or usual
    said = Finding(code, Severity.STOP, what, zh, remedy, remedy_zh, file)
    return [replace(said, row=int(row[1])) if row else said]


def role_words(role: str, table: str) -> str:
    """Name what a column was taken for, in both languages: ``地址 address``."""
    wanted = next((t for t in (HOUSEHOLDS, MEMBERS) if t.name == table), HOUSEHOLDS)
    return f"{wanted[role].headers[0]} {role}" if role in wanted.names else role


def completed(finding: Finding) -> Finding:
    """Give a finding the texts that it lacks, so that each says what to do in both languages."""
    zh, en = _WORDS["remedies"].get(finding.code, _BY_SEVERITY[finding.severity])
    what_zh = finding.what_zh
    if finding.what_zh.startswith("该行已搁置"):
        what_zh = _WORDS["held"].get(finding.code, what_zh)
    return replace(
        finding,
        what_zh=what_zh or finding.what,
        remedy=finding.remedy or en,
        remedy_zh=finding.remedy_zh or zh,
    )
