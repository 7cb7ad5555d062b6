"""Western addresses: street names and numbers as they are spelt, and misspelt."""
