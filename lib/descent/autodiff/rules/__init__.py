"""The table of primitives, by kind of operation: importing this package fills it."""

from descent.autodiff.rules import (  # noqa: F401
    arithmetic,
    constants,
    elementary,
    joining,
    linalg,
    matrices,
    moves,
    norms,
    products,
    reductions,
    shapes,
    statistics,
)
