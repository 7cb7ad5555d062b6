"""People and streets become the problem: placed, trusted, gathered into demand units."""
