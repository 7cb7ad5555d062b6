"""The notebooks run from top to bottom."""

from __future__ import annotations

from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore")
def test_notebook_runs(path: Path) -> None:
    """Each cell runs without an error, and what is committed holds no output."""
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in book.cells), (
        "clear the outputs before committing"
    )
    NotebookClient(book, timeout=240, kernel_name="python3").execute()
    shown = [out for cell in book.cells for out in cell.get("outputs", [])]
    assert any("text/html" in out.get("data", {}) for out in shown), "no map or table was shown"
