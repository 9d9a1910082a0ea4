"""Line search, matrix calculus, automatic differentiation and gradient methods, one step at a time."""

import importlib.util

import numpy as np

__version__ = "0.1.0"

OLDEST_NUMPY = (2, 0)
BESIDE_NUMPY = ("scipy", "matplotlib", "ipywidgets", "sympy", "networkx", "tqdm")


def ready() -> None:
    """Say that the library was found, or what to install.

    Raises
    ------
    ImportError
        If NumPy is older than 2.0, or a package that the notebooks need is missing.

    Examples
    --------
    >>> ready()  # doctest: +ELLIPSIS
    descent 0.1.0 with NumPy ... is ready.
    """
    if tuple(int(part) for part in np.__version__.split(".")[:2]) < OLDEST_NUMPY:
        raise ImportError(
            f"NumPy {np.__version__} is too old: run  pip install --upgrade numpy  and restart the kernel"
        )
    if missing := [name for name in BESIDE_NUMPY if importlib.util.find_spec(name) is None]:
        names = " ".join(missing)
        raise ImportError(f"packages are missing: run  pip install {names}  and restart the kernel")
    print(f"descent {__version__} with NumPy {np.__version__} is ready.")
