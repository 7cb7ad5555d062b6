"""Plans drawn, told and written: the map, the roster, the summaries, and the only writer."""
