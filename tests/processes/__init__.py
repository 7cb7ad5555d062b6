"""What needs programs of its own: drivers and workers that are killed, clusters."""
