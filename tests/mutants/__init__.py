"""Faults put into the product, one at a time, to learn whether the tests see them."""
