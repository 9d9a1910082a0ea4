"""Line search: how far to go along a direction.

Every search is called alike, search(phi, dphi, alpha0, *, phi0=None, dphi0=None), and
returns a `Run` of trials with `.alpha`, `.fun`, `.nfev` and `.success`; so a method takes
any of them as a value, with constants set by `functools.partial`.
"""

from descent.line_search.backtrack import backtracking
from descent.line_search.cubic import cubic_minimiser
from descent.line_search.given import exact, fixed
from descent.line_search.lecture import Judgement, judge, line_searches
from descent.line_search.ray import Trial, along
from descent.line_search.wolfe_search import more_thuente

__all__ = [
    "Judgement",
    "Trial",
    "along",
    "backtracking",
    "cubic_minimiser",
    "exact",
    "fixed",
    "judge",
    "line_searches",
    "more_thuente",
]
