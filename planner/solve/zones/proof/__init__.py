"""Lower bounds: no plan can cost less."""
