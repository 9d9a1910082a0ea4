"""Learning from a stream: Four Regions, a benchmark whose patterns never end."""

from descent.stochastic.four_regions import CLASSES, four_regions, grid, region

__all__ = ["CLASSES", "four_regions", "grid", "region"]
