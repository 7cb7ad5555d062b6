"""What people are to each other, as prices and rules of the problem."""
