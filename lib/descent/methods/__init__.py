"""Methods that minimise a function of several variables.

Those with a gradient are called alike, method(f, grad, x0, *, line_search=..., gtol=1e-5), and
return a `Run` of iterates; so a race over methods is a loop.
"""

from descent.methods.conjugate import conjugate_gradient
from descent.methods.evolution import evolution_strategy
from descent.methods.iterates import Iterate
from descent.methods.least_squares import damped_step, gauss_newton, levenberg_marquardt
from descent.methods.newton_steps import newton
from descent.methods.perturbation import perturb_and_compare, random_search, simulated_annealing
from descent.methods.quasi_newton import bfgs, inverse_update
from descent.methods.race import AGAINST, Race, race, with_searches
from descent.methods.simultaneous_perturbation import spsa
from descent.methods.steepest import steepest_descent
from descent.methods.trace import hutchinson_trace, sample_variance
from descent.methods.truncated import newton_by_cg, truncated_newton

__all__ = [
    "AGAINST",
    "Iterate",
    "Race",
    "bfgs",
    "conjugate_gradient",
    "damped_step",
    "evolution_strategy",
    "gauss_newton",
    "hutchinson_trace",
    "inverse_update",
    "levenberg_marquardt",
    "newton",
    "newton_by_cg",
    "perturb_and_compare",
    "race",
    "random_search",
    "sample_variance",
    "simulated_annealing",
    "spsa",
    "steepest_descent",
    "truncated_newton",
    "with_searches",
]
