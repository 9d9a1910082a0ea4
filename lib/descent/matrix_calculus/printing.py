"""Printing an expression: as the text that a learner types, as LaTeX, as NumPy code."""

import re
from fractions import Fraction

from descent.matrix_calculus.node import Node, chain, coefficient, number, scalars
from descent.matrix_calculus.tree import power, product

SUM, ENTRYWISE, PRODUCT, POWER, ATOM = range(5)
GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega"
    "|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega"
)

TEXT = {
    "inner": "<{}, {}>", "trace": "tr({})", "det": "det({})", "logdet": "logdet({})", "norm": "norm({})",
    "total": "sum({})", "diag": "diag({})", "diagonal": "diag({})", "inverse": "inv({})", "d": "d({})",
}  # fmt: skip
LATEX = {
    "inner": r"\left\langle {},\, {} \right\rangle", "trace": r"\mathrm{{tr}}\left({}\right)",
    "det": r"\det\left({}\right)", "logdet": r"\log\det\left({}\right)", "norm": r"\left\| {} \right\|",
    "total": r"\mathrm{{sum}}\left({}\right)", "diag": r"\mathrm{{diag}}\left({}\right)",
    "diagonal": r"\mathrm{{diag}}\left({}\right)", "d": r"d\left({}\right)",
}  # fmt: skip
CONSTANTS = {"ones": "ones", "eye": "eye", "zero": "zeros"}


def decimal(value: Fraction) -> str:
    """Return a number as a short decimal if it is one, else as a quotient."""
    short = f"{float(value):.12g}"
    return short if "e" not in short and Fraction(short) == value else str(value)


def is_reciprocal(u: Node) -> bool:
    return u.op == "power" and coefficient(u.args[1])[0] < 0


class Printer:
    """Text as a learner types it.  Methods return (string, how tightly it binds)."""

    templates = TEXT
    times, entry_times, entry_over = "*", ".*", "./"

    def __call__(self, u: Node) -> str:
        return self.show(u)[0]

    def show(self, u: Node) -> tuple:
        if self not in u.shown:
            template = self.templates.get(u.op)
            u.shown[self] = (
                (template.format(*map(self, u.args)), ATOM) if template else getattr(self, "show_" + u.op)(u)
            )
        return u.shown[self]

    def inside(self, u: Node, level: int) -> str:
        """Return u, in brackets if it binds less tightly than `level`."""
        string, own = self.show(u)
        return string if own >= level else self.brackets(string)

    def brackets(self, string: str) -> str:
        return f"({string})"

    def show_number(self, u):
        string = decimal(u.value)
        return string, SUM if string.startswith("-") else PRODUCT if "/" in string else ATOM

    def show_symbol(self, u):
        return u.name, ATOM

    show_dimension = show_symbol

    def show_constant(self, u):
        sizes = ", ".join(str(n) for n in u.shape[: 1 if u.op == "eye" else 2] if n != 1)
        string = f"{CONSTANTS[u.op]}({sizes})"
        return (string + "'", POWER) if u.shape[0] == 1 else (string, ATOM)

    show_ones = show_eye = show_zero = show_constant

    def entries(self, u: Node, level: int) -> str:
        """Return u where each entry counts, so that c may stand for c*ones."""
        if u.op != "add":
            return self.inside(u, level)
        string = self.show_add(u, entries=True)[0]
        return self.brackets(string) if level > SUM else string

    def show_add(self, u, entries=False):
        string = ""
        for term in u.args:
            shown = self.show(self.filled(term, u, entries))[0]
            sign, shown = ("-", shown[1:]) if shown.startswith("-") else ("+", shown)
            string += f" {sign} {shown}" if string else shown if sign == "+" else "-" + shown
        return string, SUM

    def filled(self, term: Node, u: Node, entries: bool) -> Node:
        """Return c for c*ones where an entrywise term beside it says what is meant."""
        c, core = coefficient(term)
        beside = entries or any(coefficient(other)[1].op in {"map", "power", "hadamard"} for other in u.args)
        return number(c) if core.op == "ones" and beside else term

    def show_product(self, u):
        c, _ = coefficient(u)
        outside = [factor for factor in scalars(u) if factor.op != "number"]
        below = [f for f in outside if is_reciprocal(f)]
        links = self.links(chain(u))
        level = ENTRYWISE if len(links) == 1 and self.levels(links[0]) == ENTRYWISE else PRODUCT
        shown = [self.inside(f, PRODUCT) for f in outside if f not in below]
        shown += [link if isinstance(link, str) else self.inside(link, level) for link in links]
        if abs(c) != 1 or not shown:
            shown.insert(0, self.inside(number(abs(c)), POWER if shown else PRODUCT))
        string = self.times.join(shown)
        if below:
            string = self.fraction(string, [power(f, number(-1)) for f in below])
        return ("-" + string, SUM) if c < 0 else (string, level)

    def levels(self, link) -> int:
        return ATOM if isinstance(link, str) else self.show(link)[1]

    def links(self, links: list) -> list:
        """Return the chain with equal neighbours as powers."""
        shown, k = [], 0
        while k < len(links):
            run = 1
            while k + run < len(links) and links[k + run] == links[k]:
                run += 1
            shown.append(links[k] if run == 1 else self.repeated(links[k], run))
            k += run
        return shown

    def repeated(self, u, k):
        return f"{self.inside(u, ATOM)}^{k}"

    def fraction(self, above: str, below: list) -> str:
        if len(below) == 1:
            return f"{above}/{self.inside(below[0], POWER)}"
        return f"{above}/({self(product(*below))})"

    def show_transpose(self, u):
        return self.inside(u.args[0], ATOM) + "'", POWER

    def show_map(self, u):
        return f"{u.name}({self.entries(u.args[0], SUM)})", ATOM

    def show_power(self, u):
        base, exponent = u.args
        if exponent.op == "number" and exponent.value == Fraction(1, 2):
            return self.root(base), ATOM
        if is_reciprocal(u):
            below = power(base, product(number(-1), exponent))
            return (
                (self.fraction("1", [below]), PRODUCT)
                if u.is_scalar
                else (self.quotient("1", below), ENTRYWISE)
            )
        return self.raised(u), POWER

    def root(self, base):
        return f"sqrt({self.entries(base, SUM)})"

    def raised(self, u):
        dot = "" if u.is_scalar else "."
        return f"{self.entries(u.args[0], ATOM)}{dot}^{self.inside(u.args[1], ATOM)}"

    def quotient(self, above: str, below: Node) -> str:
        return f"{above}{self.entry_over}{self.entries(below, POWER)}"

    def show_hadamard(self, u):
        below = [f for f in u.args if is_reciprocal(f)]
        above = [self.entries(f, POWER) for f in u.args if f not in below]
        string = self.entry_times.join(above) or "1"
        for factor in below:
            string = self.quotient(string, power(factor, number(-1)))
        return string, ENTRYWISE


class Latex(Printer):
    """LaTeX within what Matplotlib's mathtext and MathJax both accept."""

    templates = LATEX
    times, entry_times = r"\, ", r" \circ "

    def brackets(self, string):
        return rf"\left({string}\right)"

    def show_number(self, u):
        string = decimal(u.value)
        if "/" not in string:
            return super().show_number(u)
        sign = "-" if u.value < 0 else ""
        return rf"{sign}\frac{{{abs(u.value.numerator)}}}{{{u.value.denominator}}}", SUM if sign else ATOM

    def show_symbol(self, u):
        if u.properties & {"differential", "held"}:
            base = self.letter(u.name[1:-1] if "held" in u.properties else u.name[1:])
            return (f"{{d{base}}}_{{1}}" if "held" in u.properties else f"d{base}"), ATOM
        return self.letter(u.name), ATOM

    def show_dimension(self, u):
        return self.letter(u.name), ATOM

    def filled(self, term, u, entries):
        return term

    def letter(self, name: str) -> str:
        head, index = re.fullmatch(r"(.*?)_?(\d*)", name).groups()
        head = head.replace("_", r"\_")
        shown = "\\" + head if GREEK.fullmatch(head) else head if len(head) == 1 else rf"\mathrm{{{head}}}"
        return f"{shown}_{{{index}}}" if index else shown

    def show_ones(self, u):
        return (r"\mathbf{1}^{\top}", POWER) if u.shape[0] == 1 else (r"\mathbf{1}", ATOM)

    def show_eye(self, u):
        return "I" if u.op == "eye" else "0", ATOM

    show_zero = show_eye

    def repeated(self, u, k):
        if u.op == "inverse":
            return f"{self.inside(u.args[0], ATOM)}^{{-{k}}}"
        return f"{self.inside(u, ATOM)}^{{{k}}}"

    def fraction(self, above, below):
        return rf"\frac{{{above}}}{{{self(product(*below))}}}"

    def quotient(self, above, below):
        return rf"{above} \oslash {self.inside(below, POWER)}"

    def show_transpose(self, u):
        if u.args[0].op == "inverse":
            return self.inside(u.args[0].args[0], ATOM) + r"^{-\top}", POWER
        return self.inside(u.args[0], ATOM) + r"^{\top}", POWER

    def show_inverse(self, u):
        return self.inside(u.args[0], ATOM) + "^{-1}", POWER

    def show_map(self, u):
        argument = self(u.args[0])
        if u.name == "abs":
            return rf"\left| {argument} \right|", ATOM
        name = {"sigmoid": r"\sigma", "softplus": r"\mathrm{softplus}", "sign": r"\mathrm{sign}"}.get(
            u.name, "\\" + u.name
        )
        return rf"{name}\left({argument}\right)", ATOM

    def root(self, base):
        return rf"\sqrt{{{self(base)}}}"

    def raised(self, u):
        dot = "" if u.is_scalar else r"\circ "
        return f"{self.inside(u.args[0], ATOM)}^{{{dot}{self(u.args[1])}}}"


text, latex = Printer(), Latex()
