"""A plan and a check in words."""
