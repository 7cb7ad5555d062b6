"""`site`: who becomes a centre."""
