"""The problems of More, Garbow and Hillstrom for unconstrained minimisation, with starts and minima.

Numbers in the references are the paper's.
"""

import numpy as np

from descent.problems import any_size, fits_to_points, valleys
from descent.problems.residual_problem import ResidualProblem, problem

__all__ = ["RESIDUALS", "ResidualProblem"]

RESIDUALS = (
    problem(
        1,
        "Rosenbrock",
        valleys.rosenbrock,
        valleys.rosenbrock_jac,
        [-1.2, 1],
        [1, 1],
        label=r"$100(y - x^2)^2 + (1 - x)^2$",
    ),
    problem(
        5,
        "Beale",
        fits_to_points.beale,
        fits_to_points.beale_jac,
        [1, 1],
        [3, 0.5],
        label=r"$\sum_k (y_k - x(1 - y^k))^2$",
    ),
    problem(7, "Helical valley", valleys.helical_valley, valleys.helical_valley_jac, [-1, 0, 0], [1, 0, 0]),
    problem(
        13,
        "Powell singular",
        valleys.powell_singular,
        valleys.powell_singular_jac,
        [3, -1, 0, 1],
        [0, 0, 0, 0],
    ),
    problem(14, "Wood", valleys.wood, valleys.wood_jac, [-3, -1, -3, -1], [1, 1, 1, 1]),
    problem(
        0,
        "Chained Rosenbrock",
        valleys.chained_rosenbrock,
        valleys.chained_rosenbrock_jac,
        [-1.2, 1] * 50,
        np.ones(100),
    ),
    problem(
        3,
        "Powell badly scaled",
        valleys.powell_badly_scaled,
        valleys.powell_badly_scaled_jac,
        [0, 1],
        [1.098159329699759e-5, 9.106146739866695],
    ),
    problem(
        4,
        "Brown badly scaled",
        valleys.brown_badly_scaled,
        valleys.brown_badly_scaled_jac,
        [1, 1],
        [1e6, 2e-6],
    ),
    problem(
        9, "Gaussian", fits_to_points.gaussian, fits_to_points.gaussian_jac, [0.4, 1, 0], None, 1.12793e-8
    ),
    problem(11, "Gulf", fits_to_points.gulf, fits_to_points.gulf_jac, [5, 2.5, 0.15], [50, 25, 1.5]),
    problem(12, "Box", fits_to_points.box, fits_to_points.box_jac, [0, 10, 20], [1, 10, 1]),
    problem(
        16,
        "Brown and Dennis",
        fits_to_points.brown_dennis,
        fits_to_points.brown_dennis_jac,
        [25, 5, -5, -1],
        None,
        85822.2,
    ),
    problem(
        18, "Biggs", fits_to_points.biggs, fits_to_points.biggs_jac, [1, 2, 1, 1, 1, 1], [1, 10, 1, 5, 4, 3]
    ),
    problem(20, "Watson", fits_to_points.watson, fits_to_points.watson_jac, [0] * 9, None, 1.39976e-6),
    problem(
        21,
        "Extended Rosenbrock",
        valleys.extended_rosenbrock,
        valleys.extended_rosenbrock_jac,
        [-1.2, 1] * 5,
        [1] * 10,
    ),
    problem(
        22,
        "Extended Powell singular",
        valleys.powell_singular,
        valleys.powell_singular_jac,
        [3, -1, 0, 1] * 3,
        [0] * 12,
    ),
    problem(23, "Penalty I", any_size.penalty_1, any_size.penalty_1_jac, np.arange(1, 11), None, 7.08765e-5),
    problem(24, "Penalty II", any_size.penalty_2, any_size.penalty_2_jac, [0.5] * 10, None, 2.93660e-4),
    problem(
        25,
        "Variably dimensioned",
        any_size.variably_dimensioned,
        any_size.variably_dimensioned_jac,
        1 - np.arange(1, 11) / 10,
        [1] * 10,
    ),
    problem(26, "Trigonometric", any_size.trigonometric, any_size.trigonometric_jac, [0.1] * 10, [0] * 10),
    problem(
        35, "Chebyquad", any_size.chebyquad, any_size.chebyquad_jac, np.arange(1, 9) / 9, None, 3.51687e-3
    ),
)
