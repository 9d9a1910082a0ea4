"""NumPy functions without derivative, called with plain numbers: comparisons, shapes, positions."""

import numpy as np

from descent.autodiff.primitives import CONSTANTS

NAMES = (
    "less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and",
    "logical_or", "logical_not", "logical_xor", "isnan", "isinf", "isfinite", "signbit", "isclose",
    "allclose", "array_equal", "array_equiv", "all", "any", "argmax", "argmin", "argsort",
    "argpartition", "argwhere", "nonzero", "flatnonzero", "count_nonzero", "searchsorted",
    "digitize", "lexsort", "shape", "ndim", "size", "zeros_like", "ones_like", "empty_like",
    "result_type", "common_type", "can_cast", "iscomplexobj", "isrealobj", "isreal", "iscomplex",
    "array_repr", "array_str", "array2string", "shares_memory", "may_share_memory", "nanargmax",
    "nanargmin", "isposinf", "isneginf", "spacing", "bincount", "broadcast_shapes", "isin",
    "tril_indices_from", "triu_indices_from", "diag_indices_from",
)  # fmt: skip
CONSTANTS.update(getattr(np, name) for name in NAMES if hasattr(np, name))
CONSTANTS.add(np.linalg.matrix_rank)
