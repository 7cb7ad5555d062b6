"""Tests of the grammar of addresses."""
