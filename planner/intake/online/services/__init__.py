"""One page for each service: how it is asked, and what it answers."""
