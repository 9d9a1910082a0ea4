"""Checkers of exercises: each compares with the truth on many inputs and answers with a diagnosis.

A checker's module is loaded when the checker is first asked for, so that the kernel of a notebook
about line search does not hold what the exercises on neural networks need.
"""

import importlib

from descent.exercises.diagnosis import Diagnosis, diagnose, variant

CHECKERS = {
    "exact_line_search": ["check_keep", "check_most_calls", "check_vertex"],
    "inexact_line_search": ["check_armijo_line", "check_backtrack", "check_wolfe_window"],
    "matrix_calculus": [
        "check_least_squares_differential",
        "check_quadratic_gradient",
        "check_sigmoid_jacobian",
    ],
    "forward_mode": ["check_best_step", "check_dual_quotient", "check_tangents"],
    "reverse_mode": ["check_backward", "check_layer", "check_solve_pullback"],
    "how_libraries_work": ["check_max_direction", "check_stable_loss", "check_training_step"],
    "classical_methods": ["check_damped_step", "check_next_direction", "check_secant_update"],
    "stochastic_approximation": ["check_noise_floor", "check_running_mean", "check_sign_agreement"],
    "curvature_products": ["check_gauss_newton_product", "check_hessian_product", "check_trace_variance"],
    "stochastic_meta_descent": ["check_fixed_point", "check_step_sizes", "check_v_update"],
    "gradients_of_expectations": ["check_path_estimates", "check_score_estimates", "check_two_draws"],
}

__all__ = ["Diagnosis", "diagnose", "variant", *(name for names in CHECKERS.values() for name in names)]


def __getattr__(name: str):
    for module, names in CHECKERS.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"{__name__} has no checker {name}; it has {', '.join(__all__)}")


def __dir__() -> list:
    return sorted(__all__)
