"""Public functions say what they do, take and return, and show an example that runs.

The doors, on which callers rely, explain every argument; for a helper a sentence and an example will do.
"""

import dataclasses
import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "lib" / "descent"

# The names that callers rely on, by module; a module that exists has all of its doors.
DOORS = {
    "stepwise": "stepwise Run Counted",
    "problems": "Problem univariate",
    "univariate": "bracket dichotomy golden_section parabolic brent",
    "conditions": "armijo goldstein curvature wolfe strong_wolfe",
    "line_search": "along fixed exact backtracking more_thuente",
    "autodiff": """wengert WengertList Variable Dual jvp vjp grad value_and_grad jacobian hessian hvp ggnvp
        linearize checkpoint check_grads primitive defjvp defvjp finite_difference complex_step
        compile_grad""",
    "matrix_calculus": "differentiate check_line",
    "methods": """steepest_descent newton bfgs conjugate_gradient gauss_newton levenberg_marquardt
        random_search simulated_annealing evolution_strategy spsa""",
    "stochastic": """SGD Momentum DeltaBarDelta SilvaAlmeida SuperSAB RPROP ALAP ExponentiatedGradient SMD
        GEKF train four_regions""",
    "nn": "Parameter Linear MLP softmax_cross_entropy SGD",
    "expectations": """Gaussian Bernoulli Categorical score_function reparameterised leave_one_out optimal
        StochasticGraph deterministic stochastic cost surrogate_film elbo mean_field linear_regression
        logistic_regression""",
    "figures": "show",
    "widgets": "play explore",
}


def doors(room):
    return DOORS.get(room, "").split()


def rooms():
    entries = [p for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()]
    return sorted(p.stem for p in entries if p.stem != "__init__")


def exported(module):
    """Return the public names of a module: its `__all__`, or what it defines itself."""
    own = (
        name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__
    )
    return getattr(module, "__all__", None) or [name for name in own if not name.startswith("_")]


def public():
    """Return (module, name) for each public function and class of the package."""
    found = []
    for room in rooms():
        module = importlib.import_module(f"descent.{room}")
        for name in exported(module):
            thing = getattr(module, name)
            if inspect.isclass(thing) or inspect.isroutine(thing):
                found.append((room, name))
    return found


def parameters(function):
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []
    return [name for name in names if name not in ("self", "cls")]


def has_section(text, title):
    return re.search(rf"^{title}\n-+$", text, flags=re.MULTILINE) is not None


def missing(thing, door=True):
    """Return what the docstring of a function or a class lacks; a door must explain every argument."""
    text = inspect.getdoc(thing) or ""
    if not text:
        return ["a docstring"]
    shown = bool(doctest.DocTestParser().get_examples(text))
    if inspect.isclass(thing):
        if dataclasses.is_dataclass(thing) and not shown:  # algorithms make it, callers read its fields
            names = [field.name for field in dataclasses.fields(thing)] if door else []
            return [f"the field {name}" for name in names if not re.search(rf"\b{name}\b", text)]
        return [] if shown or not door else ["an example (>>>)"]
    lacks = [] if shown else ["an example (>>>)"]
    if door or has_section(text, "Parameters"):
        section = text.partition("Parameters\n---")[2]
        lacks += [
            f"the parameter {name}"
            for name in parameters(thing)
            if not re.search(rf"^(.*\W)?{re.escape(name)}\b.*$", section, flags=re.MULTILINE)
        ]
    annotations = inspect.get_annotations(thing)
    said = re.match("Returns? ", text) or "return" in annotations
    returns_nothing = annotations.get("return", "") in (None, "None")
    if not (returns_nothing or has_section(text, "Returns") or (said and not door)):
        lacks.append("what it returns")
    return lacks


@pytest.mark.parametrize("room", [room for room in rooms() if room in DOORS])
def test_doors_are_open(room):
    module = importlib.import_module(f"descent.{room}")
    assert [name for name in doors(room) if not hasattr(module, name)] == []
    assert set(doors(room)) <= set(exported(module))


@pytest.mark.parametrize("room", rooms())
def test_module_says_what_it_is_and_what_is_public(room):
    module = importlib.import_module(f"descent.{room}")
    assert module.__doc__
    assert [name for name in exported(module) if not hasattr(module, name)] == []


@pytest.mark.parametrize(("room", "name"), public())
def test_docstring_is_complete(room, name):
    thing = getattr(importlib.import_module(f"descent.{room}"), name)
    assert missing(thing, door=name in doors(room)) == []


def well_described(alpha, phi):
    """Return phi(alpha).

    Parameters
    ----------
    alpha : float
        A step.
    phi : callable
        A function.

    Returns
    -------
    float
        The value.

    Examples
    --------
    >>> well_described(2, abs)
    2
    """
    return phi(alpha)


def test_a_complete_docstring_lacks_nothing():
    assert missing(well_described) == []


@pytest.mark.parametrize(
    ("part", "lack"),
    [
        (">>> well_described(2, abs)", "an example (>>>)"),
        ("alpha : float", "the parameter alpha"),
        ("phi : callable", "the parameter phi"),
        ("Returns\n    -------", "what it returns"),
    ],
)
def test_a_lack_is_noticed(part, lack):
    assert part in well_described.__doc__

    def poorer(alpha, phi): ...

    poorer.__doc__ = well_described.__doc__.replace(part, "")
    assert missing(poorer) == [lack]


def test_a_helper_needs_an_example_and_no_half_list_of_parameters():
    def helper(alpha, phi):
        """Return phi(alpha)."""

    assert missing(helper, door=False) == ["an example (>>>)"]
    helper.__doc__ = "Return phi(alpha).\n\n>>> 1 + 1\n2"
    assert missing(helper, door=False) == []
    helper.__doc__ = "Apply phi.\n\nParameters\n----------\nalpha : float\n\n>>> 1 + 1\n2"
    assert missing(helper, door=False) == ["the parameter phi", "what it returns"]


def test_a_field_without_a_word_is_noticed():
    @dataclasses.dataclass
    class Point:
        """A point `x`."""

        x: float
        value: float

    assert missing(Point) == ["the field value"]
