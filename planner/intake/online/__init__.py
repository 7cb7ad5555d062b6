"""Online geocoding services: off unless one is named; buildings are sent, never people."""
