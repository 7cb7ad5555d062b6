"""Tests of the first project file."""
