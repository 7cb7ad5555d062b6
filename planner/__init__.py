"""Walkable responsibility zones from resident addresses.

The public face: nothing is computed here, and each name is imported only when it is first used.  The
names stand in ``__init__.pyi``, once.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

_lazy, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    """Import a name of the face when it is first used; the version is that of the installed package."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("zone-planner")
        except PackageNotFoundError:
            return "0+unknown"
    return _lazy(name)
