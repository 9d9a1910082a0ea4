"""The types and shapes of a call: what a program was written for, and the test in its head."""

import numpy as np

from descent.autodiff.program.writer import wrapped

NUMPYS = "numpy"


def kind_of(x):
    """Return what a program must know of an argument, None for what programs do not take.

    A float is "float", a NumPy number "numpy", an array its shape; a list or dict of these is a triple of
    its type, its keys and the kinds inside.

    >>> kind_of([1.0, np.zeros(3)])
    (<class 'list'>, None, ('float', (3,)))
    """
    if type(x) is float:
        return "float"
    if type(x) is np.float64:
        return NUMPYS
    if type(x) is np.ndarray:
        return x.shape if x.dtype == np.float64 and x.ndim else None
    if type(x) in (list, tuple, dict):
        keys = tuple(x) if type(x) is dict else None
        kinds = tuple(kind_of(item) for item in (x.values() if keys is not None else x))
        plain = keys is None or all(type(key) is str for key in keys)
        return (type(x), keys, kinds) if plain and None not in kinds else None
    return None


def is_container(kind) -> bool:
    return type(kind) is tuple and bool(kind) and isinstance(kind[0], type)


def kinds_of_leaves(kind) -> list:
    """Return the kinds of the numbers and arrays in an argument, in order."""
    if not is_container(kind):
        return [kind]
    return [leaf for inner in kind[2] for leaf in kinds_of_leaves(inner)]


def in_floats(x):
    """Return an argument with its integers as floats; the argument itself where it has none.

    >>> in_floats([1, 2.0])
    [1.0, 2.0]
    """
    if type(x) is int:
        return float(x)
    if isinstance(x, np.integer):
        return np.float64(x)
    if type(x) is np.ndarray and x.ndim and x.dtype.kind in "iub":
        return x.astype(float)
    if type(x) in (list, tuple):
        items = [in_floats(item) for item in x]
        return x if all(a is b for a, b in zip(items, x, strict=True)) else type(x)(items)
    if type(x) is dict:
        items = {key: in_floats(item) for key, item in x.items()}
        return x if all(items[key] is x[key] for key in x) else items
    return x


class Head:
    """The lines that test the arguments of a call and take containers apart."""

    def __init__(self, names):
        self.names, self.lines, self.tests, self.leaves = names, [], [], []

    def argument(self, text: str, kind) -> None:
        """Test one argument; its numbers and arrays are added to `leaves`."""
        name = self.names.of
        if kind == "float":
            self.tests.append(f"type({text}) is float")
        elif kind == NUMPYS:
            self.tests.append(f"type({text}) is {name(np.float64, 'float64')}")
        elif is_container(kind):
            self._container(text, kind)
            return
        else:
            self.tests.append(f"{name(fits, 'fits')}({text}, {kind!r})")
        self.leaves.append(text)

    def _container(self, text, kind) -> None:
        container, keys, inner = kind
        if keys is None:
            self.tests.append(f"type({text}) is {container.__name__}")
            values = text
        else:
            self.tests.append(f"type({text}) is dict")
            self.tests.append(f"[*{text}] == {list(keys)!r}")
            values = f"{text}.values()"
        if len(inner) > 3 and set(inner) == {"float"}:
            floats = self.names.of([float] * len(inner), "floats")
            self.tests.append(f"[*map(type, {values})] == {floats}")
            names = [self.names.own(f"{text}_{k}") for k in range(len(inner))]
            self.leaves.extend(names)
            self.unpacked(names, values)
            return
        if keys is None:
            self.tests.append(f"len({text}) == {len(inner)}")
        names = [self.names.own(f"{text}_{key}") for key in (keys or range(len(inner)))]
        self.unpacked(names, values)
        for name, item in zip(names, inner, strict=True):
            self.argument(name, item)

    def unpacked(self, names: list, values: str) -> None:
        self.flush()
        if names:
            self.lines.extend(wrapped("", names, f"{',' if len(names) == 1 else ''} = {values}"))

    def flush(self) -> None:
        """Write the tests so far: what comes next relies on them."""
        if self.tests:
            self.lines.extend(condition(self.tests))
            self.lines.append("    return ELSEWHERE")
            self.tests = []


def fits(x, shape: tuple, dtype=np.dtype(float)) -> bool:
    """Return whether x is an array as a program expects it.

    >>> fits(np.zeros((2, 3)), (2, 3)), fits([0.0], (1,))
    (True, False)
    """
    return type(x) is np.ndarray and x.shape == shape and x.dtype == dtype


def condition(tests: list) -> list:
    """Write `if not (...)`, on several lines where it is long."""
    text = " and ".join(tests)
    if len(text) < 84:
        return [
            f"if not ({text}):" if " and " in text or " " in tests[0].split("(")[0] else f"if not {text}:"
        ]
    lines = [tests[0]]
    for test in tests[1:]:
        if len(lines[-1]) + len(test) < 80:
            lines[-1] += f" and {test}"
        else:
            lines.append(f"and {test}")
    return ["if not (", *(f"    {line}" for line in lines), "):"]


def packed(kind, leaves: list) -> str:
    """Write leaves in the container that they came from; takes them from the list."""
    if not is_container(kind):
        return leaves.pop(0)
    container, keys, inner = kind
    items = [packed(item, leaves) for item in inner]
    if keys is not None:
        return "{" + ", ".join(f"{key!r}: {item}" for key, item in zip(keys, items, strict=True)) + "}"
    if container is tuple:
        return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
    return "[" + ", ".join(items) + "]"
