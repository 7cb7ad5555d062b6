"""The page that a meeting opens: what it holds, and how it is put together."""
