"""The plan file: one GeoPackage that holds a whole plan, and opens in QGIS."""

from planner.plan.store.plans import FORMAT_VERSION, read_plan, store_plan

__all__ = ["FORMAT_VERSION", "read_plan", "store_plan"]
