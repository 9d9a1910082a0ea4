"""Printing an expression as NumPy code."""

from descent.matrix_calculus.printing import ATOM, CONSTANTS, POWER, PRODUCT, Printer
from descent.matrix_calculus.tree import cut, product, transpose

NUMPY = {
    "trace": "np.trace({})", "det": "np.linalg.det({})", "logdet": "np.linalg.slogdet({})[1]",
    "norm": "np.linalg.norm({})", "total": "np.sum({})", "diag": "np.diag({})", "diagonal": "np.diag({})",
    "inverse": "np.linalg.inv({})",
}  # fmt: skip
NUMPY_FUNCTIONS = {"sigmoid": "1 / (1 + np.exp(-({})))", "softplus": "np.logaddexp(0, {})"}


class Code(Printer):
    """NumPy code, vectors and rows as 1-D arrays."""

    templates = NUMPY
    times, entry_times, entry_over = " * ", " * ", " / "

    def show_inner(self, u):
        x, y = u.args
        if x.shape[1] == 1:
            return f"{self.inside(x, POWER)} @ {self.inside(y, POWER)}", PRODUCT
        return f"np.sum({self.inside(x, POWER)} * {self.inside(y, POWER)})", ATOM

    def links(self, links):
        column, _, row = cut(links)
        if column and row:
            left, right = product(*column), transpose(product(*row))
            return [f"np.outer({self(left)}, {self(right)})"]
        if len(links) < 2:
            return links
        return ["(" + " @ ".join(self.inside(link, POWER) for link in links) + ")"]

    def show_constant(self, u):
        sizes = [str(n) for n in u.shape if n != 1][: 1 if u.op == "eye" else 2]
        shape = sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
        return f"np.{CONSTANTS[u.op]}({shape})", ATOM

    show_ones = show_eye = show_zero = show_constant

    def fraction(self, above, below):
        product_below = below[0] if len(below) == 1 else product(*below)
        return f"{above} / {self.inside(product_below, POWER)}"

    def show_transpose(self, u):
        return (self(u.args[0]), ATOM) if 1 in u.shape else (self.inside(u.args[0], ATOM) + ".T", ATOM)

    def show_map(self, u):
        template = NUMPY_FUNCTIONS.get(u.name, f"np.{u.name}({{}})")
        return template.format(self(u.args[0])), PRODUCT if u.name == "sigmoid" else ATOM

    def root(self, base):
        return f"np.sqrt({self(base)})"

    def raised(self, u):
        return f"{self.inside(u.args[0], ATOM)} ** {self.inside(u.args[1], ATOM)}"


code = Code()
