"""One more: candidates beside those there are, and gates to be opened."""
