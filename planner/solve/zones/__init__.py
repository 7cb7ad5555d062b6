"""The search for zones: start at `planner.solve.zones.search.solve`."""
