"""What a value and a gradient cost in several libraries, over the same by hand (from the benchmark)."""

import json
from importlib.resources import files

from matplotlib.figure import Figure

from descent.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, RED, SKY, new_figure, styled

LOOKS = {  # colour and marker, so that grey print tells them apart
    "program": (RED, "D"),
    "list": (BLUE, "o"),
    "finite differences": (GREY, "x"),
    "micrograd": (ORANGE, "v"),
    "autograd": (GREEN, "s"),
    "PyTorch": (PINK, "^"),
    "JAX": (SKY, "P"),
    "JAX jit": (INK, "*"),
}


def speed_ratios() -> dict:
    """Return the ratios that `tests/benchmarks/autodiff.py` wrote: case -> contestant -> time over by hand.

    >>> sorted(speed_ratios()["Rosenbrock NumPy, n = 1000"])[0]
    'JAX'
    """
    return json.loads((files("descent.figures") / "data" / "autodiff_speed.json").read_text())


def speed_picture(ratios: dict) -> Figure:
    """Draw the ratios on a logarithmic axis, a line for each case.

    Parameters
    ----------
    ratios : dict
        From `speed_ratios`.

    Examples
    --------
    >>> figure = speed_picture({"f": {"by hand": 1.0, "program": 1.2, "list": 30.0}})
    >>> figure.axes[0].get_xscale()
    'log'
    """
    figure = new_figure(11.6, 5.6)
    with styled():
        axes = figure.add_subplot()
        axes.axvline(1.0, color=INK, linewidth=1.6)
        for name, (color, marker) in LOOKS.items():
            places = [(row[name], k) for k, row in enumerate(ratios.values()) if name in row]
            if places:
                axes.plot(
                    *zip(*places, strict=True), marker, color=color, markersize=11, label=name, clip_on=False
                )
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
        axes.annotate("by hand", (1.0, 1.0), (6, -4), ("data", "axes fraction"), "offset points", va="top")
        axes.set_ylim(len(ratios) - 0.5, -0.5)
        axes.set_yticks(
            range(len(ratios)), [name.replace(", n", ",\nn").replace(" 64 x", "\n64 x") for name in ratios]
        )
        axes.set_xlabel("time of a value and a gradient / the same written by hand")
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def speed_alt(ratios: dict) -> str:
    """Say the picture in words.

    >>> speed_alt({"f": {"by hand": 1.0, "program": 1.2, "list": 30.0}})
    'Time over the gradient written by hand. f: program 1.2, list 30.'
    """
    sentences = []
    for case, row in ratios.items():
        words = ", ".join(f"{name} {_short(row[name])}" for name in LOOKS if name in row)
        sentences.append(f"{case}: {words}.")
    return " ".join(["Time over the gradient written by hand.", *sentences])


def _short(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"
