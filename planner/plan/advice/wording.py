"""What a repair is called, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["RULE_WORDS", "Wording", "added", "dropped", "widened"]

Wording = Callable[[str, float, int, int, int], tuple[str, str]]
"""Place, metres of walking a home, rules mended, rules still broken, homes moved: two sentences."""

RULE_WORDS = {
    "households_per_zone": ("households a zone", "每个责任区户数"),
    "members_per_zone": ("members a zone", "每个责任区党员数"),
    "households_per_member": ("households a member", "每名党员联系户数"),
}
SIDES = {"high": ("at most", "上限"), "low": ("at least", "下限")}


def added(name: str) -> Wording:
    """Word the repair "one centre more"."""
    return _sentence(f"add {name} as a centre", f"增设中心户{name}")


def dropped(name: str) -> Wording:
    """Word the repair "one centre less"."""
    return _sentence(f"do without centre {name}", f"撤并中心户{name}")


def widened(rule: str, side: str, limit: float) -> Wording:
    """Word the repair "another limit"."""
    what, what_zh = RULE_WORDS.get(rule, (rule, rule))
    if rule.startswith("talent:"):
        talent = rule.removeprefix("talent:")
        what, what_zh = f"members with the strength {talent} a zone", f"每个责任区“{talent}”人数"
    word, word_zh = SIDES[side]
    return _sentence(f"allow {word} {limit:g} {what}", f"将{what_zh}{word_zh}放宽到{limit:g}")


def _sentence(what: str, what_zh: str) -> Wording:
    def said(where: str, walk: float, mended: int, left: int, moved: int) -> tuple[str, str]:
        rest = "all rules hold here" if left == 0 else f"{left} still broken"
        rest_zh = "此处规则全部符合" if left == 0 else f"仍有{left}处不符"
        english = (
            f"{where}: {what}: {mended} broken rules mended, {rest}; "
            f"{walk:+.0f} m a home, {moved} homes change hands"
        )
        chinese = (
            f"{where}：{what_zh}，修复{mended}处，{rest_zh}；户均步行{walk:+.0f}米，变动{moved}户"
        )
        return english, chinese

    return said
