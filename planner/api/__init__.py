"""The verbs, one room each: zone, check, review, site; each is one call from Python and one command."""
