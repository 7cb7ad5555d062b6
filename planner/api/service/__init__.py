"""Verbs about what the service did: the report of a period, the visits that are due."""
