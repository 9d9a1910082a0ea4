"""Minimising a function of one variable: brackets, sections, parabolas."""

from descent.univariate.bracketing import Triple, bracket
from descent.univariate.interpolation import brent, parabolic, vertex
from descent.univariate.lecture import Comparison, Magnified, Race, compare, magnify, race, slow_motion
from descent.univariate.sections import Bracket, dichotomy, golden_section

__all__ = [
    "Bracket",
    "Comparison",
    "Magnified",
    "Race",
    "Triple",
    "bracket",
    "brent",
    "compare",
    "dichotomy",
    "golden_section",
    "magnify",
    "parabolic",
    "race",
    "slow_motion",
    "vertex",
]
