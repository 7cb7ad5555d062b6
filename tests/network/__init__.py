"""Tests of the network wing."""
