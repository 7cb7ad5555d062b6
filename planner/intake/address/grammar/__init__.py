"""What a written address is made of: words, numbers, names, and the ways to cut a line."""
