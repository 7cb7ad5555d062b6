"""Workbooks: the roster, the review, the proposal, the marked copy."""
