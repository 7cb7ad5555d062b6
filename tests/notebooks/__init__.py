"""The notebooks, run whole."""
