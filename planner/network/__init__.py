"""What is walked on: street extracts, the walking network, walks, and straight lines instead."""

from planner.network.graph import WalkingNetwork
from planner.network.straight import StraightNetwork
from planner.network.streets.osm import Extract, read_extract
from planner.network.values import Network, Snaps, Territory, Walks

__all__ = [
    "Extract",
    "Network",
    "Snaps",
    "StraightNetwork",
    "Territory",
    "WalkingNetwork",
    "Walks",
    "read_extract",
]
