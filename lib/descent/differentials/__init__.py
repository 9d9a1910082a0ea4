"""What the lecture shows about derivatives: gradient, Hessian, mixed derivatives, differentials, films."""

from descent.differentials.definition import Remainder, remainder
from descent.differentials.expressions import GRADED, LECTURE_RULES, Expression, typed_expression
from descent.differentials.films import Attempt, CheckedLine, derive
from descent.differentials.geometry import (
    GradientAt,
    Quadratic,
    gradient_at,
    mixed_derivatives,
    quadratic,
    schwarz,
)

__all__ = [
    "GRADED",
    "LECTURE_RULES",
    "Attempt",
    "CheckedLine",
    "Expression",
    "GradientAt",
    "Quadratic",
    "Remainder",
    "derive",
    "gradient_at",
    "mixed_derivatives",
    "quadratic",
    "remainder",
    "schwarz",
    "typed_expression",
]
