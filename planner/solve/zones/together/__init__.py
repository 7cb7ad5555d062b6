"""Independent parts of a search, worked on in several processes."""
