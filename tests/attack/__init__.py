"""Attacks on finished files: each works on what an older version wrote, and fails on what is written now."""
