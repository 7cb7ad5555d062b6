"""Re-zoning by events: who came, went or was chosen, and as few homes changing hands as asked."""
