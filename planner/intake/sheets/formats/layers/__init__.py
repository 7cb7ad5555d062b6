"""Map layers: what one holds, and the files it comes from."""
