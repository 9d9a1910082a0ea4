"""A feed-forward network with the shape of every array, forward and back (lecture: Figure 37)."""

from matplotlib.patches import Rectangle

from descent.autodiff.feed_forward import BACKWARD, LayerStep
from descent.figures.picture import Frame, Picture
from descent.figures.style import BLUE, GREY, INK, ORANGE, RED, SKY

PALE = "#FBE3D6"
TALL = 0.86  # of the distance between two rows


class NetworkPicture(Picture):
    """Values and weights above, adjoints and gradients below, drawn to scale with their shapes.

    Frames are of `descent.autodiff.feed_forward.backpropagation`.
    """

    size = (11.6, 6.2)

    def static(self, frame: Frame):
        return tuple(w.shape for w in frame.weights), frame.x.shape

    def draw(self, frame: Frame):
        self.figure.set_layout_engine("none")
        axes = self.figure.add_axes([0.01, 0.01, 0.98, 0.98])
        axes.set_axis_off()
        self.layers = t = len(frame.weights)
        self.sizes = [frame.x.shape[1], *(w.shape[1] for w in frame.weights)]
        self.batch = frame.x.shape[0]
        self.scale = TALL / max(self.batch, *self.sizes)
        axes.set_xlim(-0.75, 2 * t + 1.7)
        axes.set_ylim(-2.78, 0.62)
        for y, name in ((0, "forward"), (-1.12, "backward"), (-2.2, "")):
            axes.text(-0.72, y, name, rotation=90, ha="center", va="center", fontsize=14, color=GREY)
        self.boxes = {}
        for k in range(t + 1):
            rows, columns = self.batch, self.sizes[k]
            self._box(axes, ("v", k), 2 * k, 0, rows, columns, f"v_{k}" if k else "v_0 = x", SKY, BLUE)
            self._box(axes, ("vbar", k), 2 * k, -1.12, rows, columns, rf"\bar v_{k}", PALE, RED)
            if k:
                self._box(axes, ("E", k), 2 * k, -2.24, rows, columns, f"E_{k}", PALE, RED)
                shape = self.sizes[k - 1], self.sizes[k]
                self._box(axes, ("w", k), 2 * k - 1, 0, *shape, f"w_{k}", "white", INK)
                name = rf"\partial L / \partial w_{k}"
                self._box(axes, ("gradient", k), 2 * k - 1, -1.12, *shape, name, ORANGE, RED)
        place = {"ha": "center", "va": "center", "fontsize": 16}
        self.loss = self.moving(axes.text(2 * t + 1.05, 0, "", **place))
        self.seed = self.moving(axes.text(2 * t + 1.05, -1.12, "", color=RED, **place))
        self.formula = self.moving(
            axes.text(-0.45, -2.24, "", ha="left", va="center", fontsize=17, linespacing=1.7)
        )
        self.axes = axes

    def _box(self, axes, key, x, y, rows, columns, name, face, edge):
        width, height = columns * self.scale * 0.92, rows * self.scale * 0.72
        patch = Rectangle(
            (x - width / 2, y - height / 2), width, height, facecolor=face, edgecolor=edge, linewidth=1.8
        )
        self.boxes[key] = (
            self.moving(axes.add_patch(patch)),
            self.moving(
                axes.text(x, y + height / 2 + 0.02, f"${name}$", ha="center", va="bottom", fontsize=15)
            ),
            self.moving(
                axes.text(
                    x,
                    y - height / 2 - 0.03,
                    f"${rows} \\times {columns}$",
                    ha="center",
                    va="top",
                    fontsize=13,
                )
            ),
        )

    def show(self, frame: Frame):
        step: LayerStep = frame.step
        known = {("v", k) for k in range(len(step.values))} | {("w", k) for k in range(1, self.layers + 1)}
        known |= {("vbar", k) for k in step.adjoints} | {("E", k) for k in step.errors}
        known |= {("gradient", k) for k in step.gradients}
        fresh = self._fresh(step)
        for key, (patch, name, shape) in self.boxes.items():
            patch.set_visible(key in known)
            shape.set_visible(key in known)
            patch.set_linewidth(3.6 if key in fresh else 1.6)
            above, middle = patch.get_y() + patch.get_height() + 0.02, patch.get_y() + patch.get_height() / 2
            name.set_color(INK if key in known else GREY)
            name.set_y(above if key in known else middle)
        self.loss.set_text("" if step.loss is None else f"$L$\n{step.loss:.4g}")
        self.seed.set_text("" if step.loss is None else "$\\bar L = 1$")
        self.formula.set_text(self._formulas(step))

    def _fresh(self, step) -> set:
        k = step.layer
        if step.phase == BACKWARD:
            return {("E", k), ("gradient", k), ("vbar", k - 1)}
        return {("v", k)} if step.loss is None else {("vbar", k)}

    def _formulas(self, step) -> str:
        k = step.layer
        if step.phase == BACKWARD:
            return (
                rf"$E_{k} = \bar v_{k} \odot \sigma'(v_{k - 1} w_{k})$" + "\n"
                rf"$\partial L / \partial w_{k} = v_{k - 1}^\top E_{k}$" + "\n"
                rf"$\bar v_{k - 1} = E_{k}\, w_{k}^\top$"
            )
        if step.loss is not None:
            return rf"$L = \frac{{1}}{{2}} \Vert v_{k} - \mathrm{{target}} \Vert^2$"
        return rf"$v_{k} = \sigma(v_{k - 1} w_{k})$" if k else "$v_0 = x$"

    def describe(self, frame: Frame) -> str:
        step: LayerStep = frame.step
        k, b = step.layer, self.batch
        if step.phase == BACKWARD:
            before, here = self.sizes[k - 1], self.sizes[k]
            return (
                f"Backward, layer {k}. E_{k} = vbar_{k} * sigma'(v_{k - 1} w_{k}), entrywise: {b} x {here}. "
                f"dL/dw_{k} = v_{k - 1}' E_{k}: ({before} x {b}) ({b} x {here}) = {before} x {here}. "
                f"vbar_{k - 1} = E_{k} w_{k}': ({b} x {here}) ({here} x {before}) = {b} x {before}."
            )
        if step.loss is not None:
            return (
                f"The loss is L = {step.loss:.5g}. The seed is dL/dL = 1, and vbar_{k} = v_{k} - target "
                f"has the shape {b} x {self.sizes[k]} of v_{k}."
            )
        if k == 0:
            return f"The input: v_0 = x, {b} examples in rows of {self.sizes[0]} numbers."
        return (
            f"Forward, layer {k}: v_{k} = sigma(v_{k - 1} w_{k}): "
            f"({b} x {self.sizes[k - 1]}) ({self.sizes[k - 1]} x {self.sizes[k]}) = {b} x {self.sizes[k]}."
        )
