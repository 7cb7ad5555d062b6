"""Who lives beside whom: the homes next door of each member, and neighbours in a row of houses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.demand.units import floor_number
from planner.model.affinity import Affinity
from planner.model.arrays import Ints

__all__ = ["in_rows", "next_door"]

# of units beside one another; a floor is nearer than these
NEXT_DOOR_M, BESIDE_M, STOREY_M = 60.0, 15.0, 0.5
METRES_A_DEGREE = 111_320.0
ONE_BUILDING = 5.0  # times a neighbour in the row: a building cut in two is what everybody sees


def next_door(demand: Demand, located: Located, count: int) -> tuple[Ints, Ints]:
    """Find the homes next door of each serving member: of its stairwell by floors, then of units beside it.

    Gives: household and member positions; each home once, with the nearest member, no member above `count`.
    """
    homes, people = located.households, located.members
    serving = demand.member_unit >= 0
    if "most" in people:
        serving &= ~(people["most"].to_numpy(float) == 0)
    units = demand.units
    east = np.cos(np.radians(units["lat"].to_numpy(float))) * units["lon"].to_numpy(float)
    xy = METRES_A_DEGREE * np.stack([east, units["lat"].to_numpy(float)], 1)
    edges = demand.problem.adjacency.astype(np.int64)
    # stairwells of one building often stand on one spot: no neighbour is nearer than those of one's own
    apart = np.maximum(np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T), BESIDE_M)
    near, each = apart <= NEXT_DOOR_M, np.arange(len(units))
    frm, to = np.concatenate([edges[near], edges[near][:, ::-1], np.stack([each, each], 1)]).T
    ways = pd.DataFrame(
        {"unit": frm, "to": to, "away": np.concatenate([apart[near], apart[near], 0.0 * each])}
    )
    who = np.flatnonzero(serving)
    members = pd.DataFrame(
        {
            "member": who,
            "unit": demand.member_unit[who],
            "height": people["floor"].map(floor_number).to_numpy(float)[who],
            "name": people["id"].to_numpy(str)[who],
        }
    )
    doors = pd.DataFrame(
        {
            "home": np.arange(len(homes)),
            "to": demand.household_unit,
            "floor": homes["floor"].map(floor_number).to_numpy(float),
            "id": homes["id"].to_numpy(str),
        }
    )
    pairs = members.merge(ways, on="unit").merge(doors, on="to")
    storeys = STOREY_M * (pairs["height"] - pairs["floor"]).abs()
    pairs["away"] += storeys.where(pairs["unit"] == pairs["to"], 0.0)
    pairs = pairs.sort_values(["away", "id", "name"], kind="stable")
    taken, left = np.zeros(len(homes), bool), np.full(len(people), count)
    # no two centres are drawn together: units tied so far have one number, and one centre at most
    group, seat = np.arange(len(units)), np.full(len(units), -1)
    seat[demand.problem.home] = np.arange(demand.problem.n_centres)
    found: list[tuple[int, int]] = []
    for home, member, unit, to in pairs[["home", "member", "unit", "to"]].itertuples(index=False):
        one, other = int(group[unit]), int(group[to])
        parted = one != other and min(seat[one], seat[other]) >= 0
        if taken[home] or not left[member] or parted:
            continue
        taken[home], left[member] = True, left[member] - 1
        found.append((home, member))
        group[group == other], seat[one] = one, max(seat[one], seat[other])
    home, member = np.array(found, np.int64).reshape(-1, 2).T
    return home, member


def in_rows(demand: Demand, affinity: Affinity) -> pd.DataFrame:
    """Tie neighbours on foot of one compound, and of one street, so that zones look whole.

    Each home is charged the price times the share of its neighbours in the row that come into another zone.

    Gives: ``a, b, price, apart, people, hard``, a row a pair of units that is worth something.
    """
    whole = demand.units["place"].to_numpy(object)
    road = np.array([str(place).split("#")[0] for place in whole], object)
    place, house, fence = (
        pd.factorize(values)[0][demand.problem.adjacency].T
        for values in (road, demand.units["building_id"], demand.problem.fence)
    )
    a, b = demand.problem.adjacency.astype(np.int64).T
    estate = np.array([bool(p) and "#" not in p for p in whole], bool)[a]
    price = np.where(estate, affinity.compound_m, affinity.street_m)
    price[(road[a] == "") | (place[0] != place[1]) | (fence[0] != fence[1])] = 0.0
    weight = np.where(house[0] == house[1], ONE_BUILDING, 1.0) * (price > 0)
    n = demand.problem.n_units
    around = np.bincount(a, weight, n) + np.bincount(b, weight, n)
    each = demand.problem.households / np.where(around > 0, around, 1.0)
    charged = price * weight * (each[a] + each[b])
    columns = {"a": a, "b": b, "price": charged, "apart": False, "people": 0, "hard": False}
    return pd.DataFrame(columns)[charged > 0]
