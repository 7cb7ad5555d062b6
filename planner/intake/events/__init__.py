"""The office's sheet of changes: read strictly, and put into the residents' tables."""
