"""A chain of Jacobians: its layers, its factors while they are multiplied, and what each order costs."""

from matplotlib.patches import Polygon, Rectangle

from descent.autodiff.chains import ChainStep, orders
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREY, INK, ORANGE, SKY

GAP = 0.16  # between two factors, in shares of the largest size


class ChainPicture(Picture):
    """Jacobians drawn to scale, multiplied in an order (lecture: Figures 34 and 36).

    Frames are of `descent.autodiff.chains.multiply_chain`.
    """

    size = (11.6, 6.0)

    def static(self, frame: Frame):
        return tuple(frame.sizes), frame.order

    def draw(self, frame: Frame):
        grid = self.figure.add_gridspec(2, 2, width_ratios=[1.75, 1], height_ratios=[1, 1.25])
        self.sizes = tuple(frame.sizes)
        self._draw_layers(self.figure.add_subplot(grid[0, 0]))
        self._prepare_factors(self.figure.add_subplot(grid[1, 0]))
        self._draw_totals(self.figure.add_subplot(grid[:, 1]), frame)

    def _draw_layers(self, axes):
        """Draw how wide the chain is from the inputs to the outputs."""
        axes.set_axis_off()
        most, last = max(self.sizes), len(self.sizes) - 1
        for i in range(last):
            low, high = self.sizes[i] / 2, self.sizes[i + 1] / 2
            corners = [(i, -low), (i, low), (i + 1, high), (i + 1, -high)]
            axes.add_patch(Polygon(corners, facecolor=SKY, alpha=0.35, edgecolor="none"))
            axes.text(i + 0.5, 0, f"$J_{i + 1}$", ha="center", va="center", fontsize=16)
        for i, size in enumerate(self.sizes):
            axes.plot([i, i], [-size / 2, size / 2], color=BLUE, linewidth=4, solid_capstyle="butt")
            axes.text(i, -most / 2 - 0.1 * most, f"$n_{i} = {size}$", ha="center", va="top", fontsize=14)
        axes.text(0, most / 2 + 0.05 * most, "inputs", ha="center", va="bottom", fontsize=13)
        axes.text(last, most / 2 + 0.05 * most, "outputs", ha="center", va="bottom", fontsize=13)
        axes.set_xlim(-0.4, last + 0.4)
        axes.set_ylim(-0.78 * most, 0.72 * most)
        self.layers = axes

    def _prepare_factors(self, axes):
        axes.set_axis_off()
        count = len(self.sizes) - 1
        self.patches = [
            self.moving(axes.add_patch(Rectangle((0, 0), 0, 0, facecolor=SKY, edgecolor=INK, linewidth=1.5)))
            for _ in range(count)
        ]
        self.names, self.shapes = (
            [self.moving(axes.text(0, 0, "", ha="center", va=place, fontsize=size)) for _ in range(count)]
            for place, size in (("bottom", 15), ("top", 13))
        )
        most = max(self.sizes)
        self.pitch = 0.8 * most  # the labels of a narrow factor need room
        axes.set_xlim(0, sum(map(self._slot, self.sizes[:-1])))
        axes.set_ylim(-0.85 * most, 0.85 * most)
        self.factors = axes

    def _draw_totals(self, axes, frame):
        self.orders = orders(self.sizes)
        names = list(self.orders)
        totals = [self.orders[name].multiplications for name in names]
        places = range(len(names))
        axes.barh(places, totals, height=0.62, color="white", edgecolor=GREY, linewidth=1.5)
        for y, name, total in zip(places, names, totals, strict=True):
            bold = "bold" if name == frame.order else "normal"
            axes.text(0, y - 0.36, name, va="bottom", fontsize=14, fontweight=bold)
            axes.text(
                max(totals) * 1.02, y, f"{total:,}", va="center", ha="left", fontsize=13, fontweight=bold
            )
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(names) - 0.3, -0.75)
        axes.set_xlim(0, 1.35 * max(totals))
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.grid(False)
        axes.set_xlabel("multiplications")
        (self.bar,) = axes.barh([names.index(frame.order)], [0], height=0.62, color=ORANGE)
        self.moving(self.bar)
        self.totals = axes

    def _slot(self, columns: int) -> float:
        """Return the width that a factor takes with the gap beside it."""
        return max(columns + GAP * max(self.sizes), self.pitch)

    def show(self, frame: Frame):
        step: ChainStep = frame.step
        most = max(self.sizes)
        slots = [self._slot(columns) for _, _, columns in step.factors]
        left = (self.factors.get_xlim()[1] - sum(slots)) / 2
        for i, (patch, name, shape) in enumerate(zip(self.patches, self.names, self.shapes, strict=True)):
            there = i < len(step.factors)
            for artist in (patch, name, shape):
                artist.set_visible(there)
            if not there:
                continue
            label, rows, columns = step.factors[i]
            middle = left + slots[i] / 2
            left += slots[i]
            patch.set_bounds(middle - columns / 2, -rows / 2, columns, rows)
            patch.set_facecolor(ORANGE if i == step.place else SKY)
            name.set_position((middle, rows / 2 + 0.03 * most))
            name.set_text("$" + " ".join(f"J_{part[1:]}" for part in label.split()) + "$")
            shape.set_position((middle, -rows / 2 - 0.04 * most))
            shape.set_text(f"${rows} \\times {columns}$")
        self.bar.set_width(step.total)

    def describe(self, frame: Frame) -> str:
        step: ChainStep = frame.step
        order = self.orders[frame.order]
        best = self.orders["best"].multiplications
        if step.place < 0:
            return (
                f"Sizes {', '.join(map(str, self.sizes))}, order {frame.order}: {order.text}. Nothing is "
                f"multiplied yet; this order will take {order.multiplications:,} multiplications, "
                f"the best {best:,}."
            )
        _, rows, columns = step.factors[step.place]
        inner = step.multiplications // (rows * columns)
        times = order.multiplications / best
        end = (
            f" All in all {times:.3g} times the fewest, {self.orders['best'].text}."
            if len(step.factors) == 1
            else ""
        )
        return (
            f"Order {frame.order}: the product {step.product} has shape {rows} x {columns} and takes "
            f"{rows} x {inner} x {columns} = {step.multiplications:,} multiplications, "
            f"{step.total:,} so far.{end}"
        )
