"""Proving the figures of a plan again, without the search."""
