"""Workbooks of every maker, each read by its own grammar into the same sheets."""
