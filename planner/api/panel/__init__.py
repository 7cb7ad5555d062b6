"""The panel of a notebook: what it tries, and the widget that shows it."""
