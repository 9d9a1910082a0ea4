"""Checkers of exercises: each compares with the truth on many inputs and answers with a diagnosis."""

from descent.exercises.classical_methods import check_damped_step, check_next_direction, check_secant_update
from descent.exercises.curvature_products import (
    check_gauss_newton_product,
    check_hessian_product,
    check_trace_variance,
)
from descent.exercises.diagnosis import Diagnosis, diagnose, variant
from descent.exercises.exact_line_search import check_keep, check_most_calls, check_vertex
from descent.exercises.forward_mode import check_best_step, check_dual_quotient, check_tangents
from descent.exercises.gradients_of_expectations import (
    check_path_estimates,
    check_score_estimates,
    check_two_draws,
)
from descent.exercises.how_libraries_work import check_max_direction, check_stable_loss, check_training_step
from descent.exercises.inexact_line_search import check_armijo_line, check_backtrack, check_wolfe_window
from descent.exercises.matrix_calculus import (
    check_least_squares_differential,
    check_quadratic_gradient,
    check_sigmoid_jacobian,
)
from descent.exercises.reverse_mode import check_backward, check_layer, check_solve_pullback
from descent.exercises.stochastic_approximation import (
    check_noise_floor,
    check_running_mean,
    check_sign_agreement,
)
from descent.exercises.stochastic_meta_descent import check_fixed_point, check_step_sizes, check_v_update

__all__ = [
    "Diagnosis",
    "check_armijo_line",
    "check_backtrack",
    "check_backward",
    "check_best_step",
    "check_damped_step",
    "check_dual_quotient",
    "check_fixed_point",
    "check_gauss_newton_product",
    "check_hessian_product",
    "check_keep",
    "check_layer",
    "check_least_squares_differential",
    "check_max_direction",
    "check_most_calls",
    "check_next_direction",
    "check_noise_floor",
    "check_path_estimates",
    "check_quadratic_gradient",
    "check_running_mean",
    "check_score_estimates",
    "check_secant_update",
    "check_sigmoid_jacobian",
    "check_sign_agreement",
    "check_solve_pullback",
    "check_stable_loss",
    "check_step_sizes",
    "check_tangents",
    "check_trace_variance",
    "check_training_step",
    "check_two_draws",
    "check_v_update",
    "check_vertex",
    "check_wolfe_window",
    "diagnose",
    "variant",
]
