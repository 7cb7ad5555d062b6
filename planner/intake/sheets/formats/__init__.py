"""The cells of any kind of file, each at its place, before anyone knows what they mean."""
