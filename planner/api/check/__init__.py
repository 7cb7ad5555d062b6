"""`check`: every sheet held against its rules and against the ground, without planning."""
