"""`review`: addresses that only a person can settle, asked and remembered."""
