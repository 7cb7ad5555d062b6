"""What a data check says to people: severities, default remedies, and refusals in Chinese too."""

# ruff: noqa: E501 - tables of short Chinese sentences: one entry a line

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
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
_BY_CODE: Mapping[str, Both] = MappingProxyType(
    {
        "formula-error": ("请在 Excel 或 WPS 中修正公式后保存", "correct the formula, then save in Excel or WPS"),
        "bad-load": ("请填写一个数字", "write one plain number"),
        "no-address": ("请补填地址，或提供经纬度", "fill in the address, or give lon and lat"),
        "bad-coordinates": ("请更正经纬度，或清空并填写地址", "correct lon and lat, or leave them out"),
        "two-addresses": ("请只保留现住址", "keep the one address where the home is"),
        "ragged-row": ("请为含逗号的地址加引号，或另存为 .xlsx", "quote the address that holds a comma, or save as .xlsx"),
        "duplicate-id": ("请为每户使用不同的编号", "give each row an id of its own"),
        "missing-id": ("建议补填固定编号", "a lasting id of your own is better"),
        "id-case": ("请确认是否为同一编号", "see whether they are meant to be one"),
        "id-zeros": ("请确认是否为同一编号，并统一写法", "see whether they are one, and write it in one way"),
        "id-number": ("请核对证件号，并设为文本格式", "check it against the document, and format the column as text"),
        "date-cell": ("请将该列设为文本格式后重新填写", "format the column as text and type it again"),
        "contact-in-address": ("无需处理；建议从地址列删除", "nothing; better take it out of the address"),
        "fences-overlap": ("请在QGIS中改正边界", "correct the borders in QGIS"),
        "unclear-flag": ("请填写“是”或“否”", "write 是 or 否"),
        "ambiguous-header": ("请将正确的一列改为标准表头，其余改名", "give the right column the standard header"),
    }
)  # fmt: skip

_HELD_ZH: Mapping[str, str] = MappingProxyType(
    {
        "formula-error": "公式出错或没有保存结果",
        "bad-load": "人数或工作量不是0至1000之间的数字",
        "no-address": "没有地址，也没有坐标",
        "bad-coordinates": "坐标无效，且没有地址",
        "two-addresses": "一格中有多个地址",
        "ragged-row": "该行的列数多于表头",
        "date-cell": "单元格被识别为日期",
        "duplicate-id": "同一编号对应不同内容",
    }
)

_REFUSALS: tuple[tuple[str, str, str, str], ...] = (
    (r"mixes UTF-8", "mixed-encoding", "文件混有两种编码", "请将两部分分别另存为 CSV UTF-8 后再合并"),
    (r"there is no encoding", "encoding", "没有这种编码", "常用编码：utf-8、gb18030、utf-16"),
    (r"ends in the middle of a row", "damaged", "文件已损坏或不完整", "请重新复制"),
    (r"are not .* text", "undecodable", "文件中有无法识别的字节", "请在 Excel 或 WPS 中另存为 CSV UTF-8"),
    (r"quotation mark", "open-quote", "引号没有闭合", "请补上或删除该行的引号"),
    (r"more fields than", "wrong-separator", "多数行的列数多于表头", "分隔符可能有误，请另存为 .xlsx"),
    (r"no data rows", "no-rows", "没有数据行", "请确认文件中有表头和数据"),
    (r"encrypted", "encrypted", "文件已加密", "请去除密码后重新保存"),
    (r"HTML page", "html", "文件实为网页，不是工作簿", "请打开后另存为 .xlsx"),
    (r"XML file", "xml", "文件实为 XML，不是工作簿", "请打开后另存为 .xlsx"),
    (r"not a table|zip archive|not a workbook", "not-a-table", "文件不是表格", "请提交 .xlsx 或 .csv"),
    (r"damaged|cannot be read as a map", "damaged", "文件已损坏或不完整", "请重新复制，或在 Excel、WPS 中另存"),
    (r"would unpack|more than the limit", "too-large", "文件展开后过大", "请将需要的行复制到新工作簿"),
    (r"lock file", "lock-file", "这是打开中工作簿的锁定文件", "请关闭后提交不带 ~$ 的文件"),
    (r"is a folder", "folder", "这是文件夹，不是文件", "请指定其中的一个文件"),
    (r"there is no", "missing-file", "找不到该文件、工作表或图层", "请检查名称和路径"),
    (r"has no sheet|has no layer", "missing-sheet", "没有该工作表或图层", "请检查名称"),
    (r"must hold (one layer of )?polygons", "no-polygons", "文件中应只有一个面图层", "请将边界另存为单独的文件"),
    (r"has no CRS", "no-crs", "图层没有坐标系", "请在 QGIS 中设置坐标系后保存"),
    (r"cannot be read", "unreadable", "文件无法读取", "文件可能正被其他程序打开，或没有读取权限"),
    (r"near any street", "other-place", "住户不在路网范围内", "路网是其他地区的，或坐标颠倒、基准不符"),
    (r"not one household", "none-placed", "没有一户能够定位", "请确认路网为本地区，地址写明道路和门牌"),
)  # fmt: skip
_ROW = re.compile(r"\b(?:in |first )?row (\d+)")


def refusals_of(error: InputError | Exception, file: str) -> list[Finding]:
    """Turn a refusal of a file into findings that stand where the fault stands.

    Returns
    -------
    list of Finding
        Those that the error carries, else one; of severity STOP, in both languages.
    """
    if isinstance(error, SchemaError) and error.findings:
        return [completed(f if f.file else replace(f, file=file)) for f in error.findings]
    what = str(getattr(error, "message", error))
    remedy = str(getattr(error, "remedy", ""))
    code, zh, remedy_zh = next(
        (said for pattern, *said in _REFUSALS if re.search(pattern, what)),
        ("refused", "文件无法使用", "请按英文说明处理"),
    )
    row = _ROW.search(what)
    return [
        Finding(code, Severity.STOP, what, zh, remedy or _BY_SEVERITY[Severity.STOP][1], remedy_zh,
                file, row=int(row[1]) if row else None)
    ]  # fmt: skip


def role_words(role: str, table: str) -> str:
    """Name what a column was taken for, in both languages: ``地址 address``."""
    wanted = next((t for t in (HOUSEHOLDS, MEMBERS) if t.name == table), HOUSEHOLDS)
    return f"{wanted[role].headers[0]} {role}" if role in wanted.names else role


def completed(finding: Finding) -> Finding:
    """Give a finding the texts that it lacks, so that each says what to do in both languages."""
    zh, en = _BY_CODE.get(finding.code, _BY_SEVERITY[finding.severity])
    if finding.severity is Severity.STOP and finding.code not in _BY_CODE and finding.remedy_zh:
        zh = finding.remedy_zh
    what_zh = finding.what_zh
    if finding.code in _HELD_ZH and finding.what_zh.startswith("该行已搁置"):
        what_zh = _HELD_ZH[finding.code]
    return replace(
        finding,
        what_zh=what_zh or finding.what,
        remedy=finding.remedy or en,
        remedy_zh=finding.remedy_zh or zh,
    )
