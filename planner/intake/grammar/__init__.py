"""The address grammar: folding, numerals, lexicon, lattice and best path, one file each."""
