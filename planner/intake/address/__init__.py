"""The address grammar: folding, numerals, lexicon, lattice, best path and choice, one file each."""
