"""Many projects in one run: communities, districts, cities, on one machine or on many."""
