"""Plain values: the problem, the plan, the rules and the project; no people, no drawing."""
