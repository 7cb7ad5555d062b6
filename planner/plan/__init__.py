"""A plan as tables: built, staffed, stored, changed, compared, explained."""
