"""What the service did, told: reports of a period, visits due, for the office and for the public."""
