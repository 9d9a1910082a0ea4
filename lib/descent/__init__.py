"""Line search, matrix calculus, automatic differentiation and gradient methods, one step at a time."""

import builtins
import importlib.util

import numpy as np

__version__ = "0.1.0"

OLDEST_NUMPY = (2, 0)
BESIDE_NUMPY = ("scipy", "matplotlib", "ipywidgets", "sympy", "networkx", "tqdm")


def ready() -> None:
    """Say that the library was found, or what to install; in a notebook, have missing names explained.

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
    if hasattr(builtins, "get_ipython"):
        builtins.get_ipython().set_custom_exc((NameError,), _say_that_a_cell_above_has_not_run)
    print(f"descent {__version__} with NumPy {np.__version__} is ready.")


def _say_that_a_cell_above_has_not_run(shell, kind, error, traceback, tb_offset=None):
    """Show a NameError as IPython does, with a word for those who ran cells out of order."""
    if kind is NameError:
        error.args = (f"{error}. If a cell above defines it, run that one first: Run > Run All Above.",)
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
