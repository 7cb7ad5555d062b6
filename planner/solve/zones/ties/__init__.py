"""Pairs that belong together, in the cost and in the bound."""
