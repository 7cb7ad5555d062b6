"""The page over many communities: what a meeting may know, and nothing that asks a network."""

from __future__ import annotations

import re

import pytest

from planner.render.overview import Line, overview_page

SQUARE = ((117.0, 32.6), (117.01, 32.6), (117.01, 32.61), (117.0, 32.61), (117.0, 32.6))
EAST = tuple((x + 0.02, y) for x, y in SQUARE)


@pytest.fixture(scope="module")
def page() -> str:
    """Four communities: one as usual, one of few homes, one without a plan, one with markup for a name."""
    lines = [
        Line("东社区", 1234, 17, 3, 123.4, 0.0042, (SQUARE,)),
        Line("小社区", 7, 1, 0, 55.5, 0.0, (EAST,)),
        Line("西社区", planned=False),
        Line("<script>alert(1)</script>", 20, 1, 0, 321.0, 0.0, (SQUARE,)),
    ]
    return overview_page(lines, [("共4个社区", "4 communities")]).decode()


def test_homes_are_told_in_tens_and_few_as_few(page: str) -> None:
    """Nor does the mean walk of few tell of each."""
    assert "<td>1,230</td><td>17</td><td>3</td><td>123</td><td>0.42 %</td>" in page
    assert "1,234" not in page
    assert "少于10 fewer than 10" in page
    assert "55" not in page.split("<table>")[1]
    assert "56" not in page.split("<table>")[1]


def test_each_community_has_its_line_and_its_shape(page: str) -> None:
    """Whoever has no plan is told; the shade follows the walk, and few homes have none."""
    assert page.count("<tr") == 5
    assert '<tr class="lost"><th scope="row">西社区</th><td>没有方案 no plan</td>' in page
    fills = re.findall(r'<path d="M[^"]+Z" fill="(#\w+)"', page)
    assert fills == ["#9ecae1", "#e4e7eb", "#08519c"]


def test_it_asks_no_network_and_runs_nothing(page: str) -> None:
    """No script, no address; what a name holds is text."""
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "default-src 'none'" in page


def test_without_outlines_there_is_a_table() -> None:
    """Of plans that were made before outlines were kept."""
    page = overview_page([Line("东社区", 100, 2, 0, 90.0, 0.0)], []).decode()
    assert "<svg" not in page
    assert "<td>100</td>" in page
