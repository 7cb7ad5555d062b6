"""Tests of who is reached, and of the made-up town that they share."""
