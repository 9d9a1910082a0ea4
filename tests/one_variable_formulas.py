"""The one-variable problems once more, in mpmath: nothing here comes from the library."""

import mpmath as mp

FORMULAS = {
    "quadratic": lambda x: (x - 2) ** 2,
    "quartic": lambda x: x**3 * (x - 3) + 2,
    "exponential": lambda x: mp.exp(x) - 2 * x,
    "entropy": lambda x: x * mp.log(x),
    "hyperbola": lambda x: (x**2 + 1) / x,
    "absolute": lambda x: abs(x - mp.mpf(1) / 3),
    "cusp": lambda x: mp.sqrt(abs(x - mp.mpf(3) / 10)),
    "flat": lambda x: (x - 1) ** 4,
    "steep": lambda x: mp.exp(20 * x) - 20 * x,
    "offset": lambda x: (x - 1) ** 2 + 10**6,
    "stuck end": lambda x: x**2 * (1 + x),
    "lecture": lambda x: x * mp.exp(x) + mp.sin(x) * mp.exp(x),
    "poles": lambda x: mp.fsum((2 * i - 5) ** 2 / (x - i**2) ** 2 for i in range(1, 21)),
    "well": lambda x: -mp.exp(-((x - 1) ** 2)),
    "logistic": lambda x: mp.log(1 + mp.exp(x)) - mp.mpf(3) / 10 * x,
}


def attainable_accuracy(name: str, x_star: float, shift: float = 0.0) -> float:
    """Return how near to x_star values of f + shift in doubles can lead: 0 where its minimum is 0.

    It is the distance at which f has risen by 32 eps |f_star + shift|, found by doubling.
    """
    with mp.workdps(40):
        f = FORMULAS[name]
        x = mp.mpf(x_star)
        noise = 32 * mp.mpf(2) ** -52 * abs(f(x) + shift)
        if noise < mp.mpf(10) ** -30:  # f_star is 0 but for the digits of x_star
            return 0.0
        radius = mp.mpf(2) ** -40
        while min(f(x - radius), f(x + radius)) - f(x) < noise:
            radius *= 2
        return float(radius)
