"""Borders that no zone crosses, read and examined."""
