"""Numbers that say where: which columns, which notation, which datum."""
