"""Still figures of the exact line search: why a line is searched, and what unimodal means."""

import numpy as np

from descent.figures.display import Shown, show
from descent.figures.one_variable import sample
from descent.figures.style import BLUE, GREY, INK, ORANGE, RED, new_figure, styled


def step_size_problem(f, grad, x0, reach: float = 0.5) -> Shown:
    """Show f of two variables with the ray against the gradient, and phi(alpha) along it.

    Parameters
    ----------
    f, grad : callable
        Of an array of shape (2,).
    x0 : array, shape (2,)
        Where the ray starts.
    reach : float
        Longest step alpha.

    Examples
    --------
    >>> step_size_problem(lambda x: x @ x, lambda x: 2 * x, np.array([1.0, 1.0]))
    Contours of f with the ray x0 - alpha grad f(x0); along it phi falls from 2 to 0 at alpha = 0.5.
    """
    alphas = np.linspace(0, reach, 201)
    direction = -grad(x0)
    path = x0 + alphas[:, None] * direction
    phi = np.array([f(x) for x in path])
    best = int(np.argmin(phi))
    with styled():
        figure = new_figure(11, 4.8)
        left, right = figure.subplots(1, 2)
        low, high = path.min(axis=0) - 0.6, path.max(axis=0) + 0.6
        grid = np.stack(np.meshgrid(*(np.linspace(a, b, 90) for a, b in zip(low, high, strict=True))), -1)
        values = np.apply_along_axis(f, -1, grid)
        left.contour(grid[..., 0], grid[..., 1], values, levels=14, colors=GREY, linewidths=1)
        left.plot(*path.T, color=BLUE, linestyle="--", label=r"$x_0 - \alpha \nabla f(x_0)$")
        left.plot(*x0, "o", color=INK, markersize=10, label="$x_0$")
        left.plot(*path[best], "D", color=RED, markersize=10, label="best point on the ray")
        left.set(xlabel="$x_1$", ylabel="$x_2$")
        left.legend(loc="best", fontsize=12)
        right.plot(alphas, phi, color=BLUE)
        right.plot(alphas[best], phi[best], "D", color=RED, markersize=10)
        right.set(xlabel=r"step size $\alpha$", ylabel=r"$\varphi(\alpha) = f(x_0 - \alpha \nabla f(x_0))$")
    return show(
        figure,
        f"Contours of f with the ray x0 - alpha grad f(x0); along it phi falls from {phi[0]:.3g} to "
        f"{phi[best]:.3g} at alpha = {alphas[best]:.3g}.",
    )


EXAMPLES = (
    ("smooth and convex", lambda x: (x - 0.6) ** 2 + 0.2, True),
    ("a kink", lambda x: max(0.6 - x, 2 * (x - 0.6)), True),
    ("unimodal, not convex", lambda x: np.sqrt(abs(x - 0.4)), True),
    ("two valleys: not unimodal", lambda x: np.cos(13 * x) + 2 * (x - 0.5) ** 2, False),
)


def unimodal_examples() -> Shown:
    """Show three unimodal functions and one that is not (lecture: Figure 1).

    >>> unimodal_examples()
    Four curves on [0, 1]: smooth and convex; a kink; unimodal, not convex; two valleys: not unimodal.
    """
    with styled():
        figure = new_figure(11.6, 3.4)
        for axes, (name, f, unimodal) in zip(figure.subplots(1, 4), EXAMPLES, strict=True):
            x, y = sample(f, 0, 1)
            axes.plot(x, y, color=BLUE if unimodal else ORANGE, linestyle="-" if unimodal else "--")
            axes.set_title(name, fontsize=13)
            axes.set(xlabel="$x$", xticks=[0, 1], yticks=[])
    return show(figure, f"Four curves on [0, 1]: {'; '.join(name for name, _, _ in EXAMPLES)}.")
