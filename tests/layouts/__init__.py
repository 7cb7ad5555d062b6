"""One table written in every format, encoding, spelling and layout: what is read must be the same."""
