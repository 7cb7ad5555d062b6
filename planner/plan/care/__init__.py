"""Who is reached, who is not, who hangs on one person: read off a finished plan on its streets."""
