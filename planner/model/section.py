"""A section of a TOML file becomes a frozen value, or the key that is wrong is named."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec

from planner.errors import ConfigError
from planner.model.given import Source

__all__ = ["made", "read_section", "refuse_unknown"]

T = TypeVar("T")
_ASKED: tuple[tuple[Any, str, str], ...] = (
    (bool, "true or false", " true 或 false"),
    (float, "a number", "数字"),
    (int, "a whole number", "整数"),
    (Path, "a path in quotes", "加引号的路径"),
    (tuple[float, ...], "a list of numbers", "数字列表"),
    (tuple[str, ...], 'a list such as ["a", "b"]', '列表，例如 ["a", "b"]'),
    (tuple[float, ...], "a list such as [3, 5, 10]", "列表，例如 [3, 5, 10]"),
    (str, "a text in quotes", "加引号的文字"),
    (
        dict[str, str],
        'a table such as { "东社区" = "东社区党总支" }',
        '对照表，例如 { "东社区" = "东社区党总支" }',
    ),
    (dict[str, float], 'a table such as { "服务意识" = 0.5 }', '对照表，例如 { "服务意识" = 0.5 }'),
)


def read_section(
    kind: type, values: object, where: str, *, folder: Path = Path()
) -> dict[str, Any]:
    """Check the keys and the kinds of a section; what is not of a plain kind is the caller's.

    Parameters
    ----------
    kind : type
        The dataclass that the section states.

    Returns
    -------
    dict of str to value
        Values for `kind`, of the right types.

    Raises
    ------
    ConfigError
        It is no section, a key is unknown, or a value is of another kind.
    """
    # a frame cannot stand in a file
    hints = {
        name: Path | None if hint == Source | None else hint
        for name, hint in get_type_hints(kind).items()
    }
    names = tuple(f.name for f in fields(kind))
    table = refuse_unknown(values, names, where)
    return {
        key: _value(value, hints[key], f"{where}.{key}", folder) for key, value in table.items()
    }


def refuse_unknown(values: object, known: tuple[str, ...], where: str) -> Mapping[str, Any]:
    """Refuse what is no section, or has a key that is not one of these."""
    if not isinstance(values, Mapping):
        raise ConfigError.of("not-section-with-lines", where=where, known=known[0], values=values)
    unknown = sorted(set(values) - set(known))
    if unknown:
        near = get_close_matches(unknown[0], known, 1)
        meant, meant_zh = (f"{near[0]}? ", f"是否应为 {near[0]}？") if near else ("", "")
        raise ConfigError.of(
            "unknown-key",
            where=where,
            unknown=unknown[0],
            meant=meant,
            names=", ".join(known),
            meant_zh=meant_zh,
        )
    return values


def made(kind: Callable[..., T], values: Mapping[str, Any], where: str) -> T:
    """Make the value; where it refuses itself, say which file and section."""
    try:
        return kind(**values)
    except ConfigError as error:
        raise ConfigError(
            f"{where}: {error.message}",
            remedy=error.remedy,
            zh=f"{where}：{error.zh}",
            remedy_zh=error.remedy_zh,
        ) from None


def _value(value: object, hint: Any, where: str, folder: Path) -> Any:
    def path(_: type, text: object) -> Path:
        if not isinstance(text, str) or not text.strip():
            raise ValueError
        return folder / text

    try:
        # strict: a text is no number and a number is no mark, as TOML tells them apart
        found = msgspec.convert(value, hint, dec_hook=path, strict=True)
    except msgspec.ValidationError:
        found = None  # its own words are English and name no file
    if found is None or (isinstance(found, float) and math.isnan(found)):
        asked, asked_zh = next(
            (en, zh) for known, en, zh in _ASKED if hint in (known, known | None)
        )
        raise ConfigError.of(
            "value-of-wrong-kind", where=where, asked=asked, value=value, asked_zh=asked_zh
        )
    return found
