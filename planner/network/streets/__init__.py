"""An extract or a line layer becomes streets, buildings and barriers."""
