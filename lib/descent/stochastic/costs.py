"""What a rule costs: numbers it stores and operations it spends, counted on the code that runs."""

import time

import numpy as np

from descent.stepwise import Table
from descent.stochastic.network import TanhNetwork
from descent.stochastic.streams import Batches, four_regions_stream
from descent.stochastic.training import train

# Slide 39: numbers stored a weight, operations a weight and update, milliseconds a pattern.
LECTURE = {
    "SGD": ("1", "6", "0.5"),
    "SMD": ("3", "18", "1.0"),
    "ALAP": ("4", "18", "1.0"),
    "GEKF": (">90", ">1500", "40"),
}


class CountingArray(np.ndarray):
    """An array that counts the arithmetic done with it and with all that comes of it.

    A matrix product of (m, k) and (k, n) counts 2 m k n, any other function one for each entry of
    its result, a reduction one for each entry of its argument.  Copies and views are free.

    >>> CountingArray.operations = 0
    >>> a = np.ones((2, 3)).view(CountingArray)
    >>> b = a @ np.ones((3, 4)) + 1
    >>> CountingArray.operations
    56
    """

    operations = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [np.asarray(x) if isinstance(x, CountingArray) else x for x in inputs]
        if out is not None:
            kwargs["out"] = tuple(np.asarray(x) for x in out)
        result = getattr(ufunc, method)(*plain, **kwargs)
        if ufunc is np.matmul:
            work = 2 * result.size * plain[0].shape[-1]
        else:
            work = np.size(plain[0] if method == "reduce" else result)
        CountingArray.operations += work
        return np.asarray(result).view(CountingArray)


def operations_per_weight(rule, batch: int = 1) -> float:
    """Count the arithmetic of one update on the 2-10-10-4 network, gradient included.

    Parameters
    ----------
    rule : SGD, ..., GEKF
        The rule.
    batch : int
        Patterns a batch; the count is for each pattern.

    Returns
    -------
    float
        Operations for each weight and pattern; an inverse of a few rows is not counted.

    Examples
    --------
    >>> from descent.stochastic import SGD
    >>> 6 < operations_per_weight(SGD(0.1)) < 10
    True
    """
    network, (x, y) = TanhNetwork(), four_regions_stream(batch, seeds=[0], batch=batch)[0]
    w = network.initial(np.random.default_rng(0)).view(CountingArray)
    memory = {name: value.view(CountingArray) for name, value in rule.start(np.asarray(w)).items()}
    CountingArray.operations = 0
    rule.update(w, network.at(w, x[0], y[0]), 0, **memory)
    return CountingArray.operations / (network.n * batch)


def stored_per_weight(rule) -> float:
    """Count the numbers that a rule keeps from one update to the next, weights included.

    Parameters
    ----------
    rule : SGD, ..., GEKF
        The rule.

    Returns
    -------
    float
        Numbers for each of the 184 weights of the network.

    Examples
    --------
    >>> from descent.stochastic import GEKF, SGD, SMD
    >>> stored_per_weight(SGD(0.1)), stored_per_weight(SMD()), stored_per_weight(GEKF())
    (1.0, 3.0, 185.0)
    """
    w = np.zeros(TanhNetwork().n)
    return (w.size + sum(array.size for array in rule.start(w).values())) / w.size


def seconds_per_pattern(
    rules: dict, *, batch: int = 1, seeds=(0,), steps: int = 25, rounds: int = 40
) -> dict:
    """Time the training loop on Four Regions; the rules take turns, and the fastest turn counts.

    Parameters
    ----------
    rules : dict
        From a name to a rule.
    batch : int
        Patterns a batch.
    seeds : sequence of int
        Train these side by side; one seed is trained as a single weight vector.
    steps : int
        Updates a turn.
    rounds : int
        Turns of each rule.

    Returns
    -------
    dict
        From the name to seconds for each pattern and weight vector.

    Examples
    --------
    >>> from descent.stochastic import SGD
    >>> seconds_per_pattern({"SGD": SGD(0.1)}, steps=10, rounds=1)["SGD"] > 0
    True
    """
    stream, rng = four_regions_stream(steps * batch, seeds=seeds, batch=batch), np.random.default_rng
    rngs = [rng(seed) for seed in seeds]
    if len(seeds) == 1:
        stream, rngs = Batches(stream.x[0], stream.y[0], batch), rngs[0]
    best = dict.fromkeys(rules, np.inf)
    for name in list(rules) * rounds:
        run = train(rules[name], TanhNetwork(), stream, steps=steps, rng=rngs, every=steps)
        start = time.perf_counter()
        run.finish()
        best[name] = min(best[name], time.perf_counter() - start)
    return {name: seconds / (steps * batch * len(seeds)) for name, seconds in best.items()}


def cost_table(rules: dict) -> Table:
    """Measure the lecture's cost table again, on this computer, one pattern at a time.

    Parameters
    ----------
    rules : dict
        From a name to a rule; those that slide 39 lists are set beside it.

    Returns
    -------
    Table

    References
    ----------
    Schraudolph, Gradient Methods for Machine Learning (2005), slide 39.

    Examples
    --------
    >>> from descent.stochastic import SGD
    >>> cost_table({"SGD": SGD(0.1)}).rows[0][:3]
    ['SGD', '1', '1']
    """
    seconds, rows = seconds_per_pattern(rules), []
    for name, rule in rules.items():
        stored, operations, milliseconds = LECTURE.get(name, ("", "", ""))
        counted = f"{stored_per_weight(rule):.0f}", f"{operations_per_weight(rule):.0f}"
        rows.append(
            [name, counted[0], stored, counted[1], operations, f"{1e3 * seconds[name]:.3f}", milliseconds]
        )
    heads = ["stored a weight", "operations a weight", "ms a pattern"]
    return Table(["rule", *(text for head in heads for text in (head, "(slide 39)"))], rows)
