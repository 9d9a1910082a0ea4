"""Named test functions and data sets, each with its known answer and its source."""

from descent.problems.least_squares import least_squares
from descent.problems.logistic import o_rings
from descent.problems.nist import load_nist
from descent.problems.one_variable import univariate
from descent.problems.problem import Problem
from descent.problems.rays import rays
from descent.problems.several_variables import multivariate, quadratic
from descent.problems.typed import typed_function, typed_problem
from descent.problems.typed_slopes import typed_plane, typed_ray

__all__ = [
    "Problem",
    "least_squares",
    "load_nist",
    "multivariate",
    "o_rings",
    "quadratic",
    "rays",
    "typed_function",
    "typed_plane",
    "typed_problem",
    "typed_ray",
    "univariate",
]
