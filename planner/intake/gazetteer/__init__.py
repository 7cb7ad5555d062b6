"""Where an address lies: the names and numbers that streets, buildings and people know."""
