"""``python -m planner``."""

from __future__ import annotations

from planner.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
