"""What the service did, counted: its log kept beside a plan, its figures of a period, visits due."""
