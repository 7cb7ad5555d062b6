"""Walkable responsibility zones from resident addresses.

The public face: nothing is computed here, and each name is imported only when it is first used.  The
names stand in ``__init__.pyi``, once.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
