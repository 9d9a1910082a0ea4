"""From a graph to the text of a function, and the function.

What no result needs is left out.  An operation that is used once stands where it is used (up to
LONGEST characters), the others get a name: v1, v2, ... in f, x_bar for the adjoint of x, x_dot for a tangent.
"""

import builtins
import keyword
import re
import textwrap

import numpy as np

from descent.autodiff.program.derivatives import ACCUMULATE, nodes_in
from descent.autodiff.program.expression import Expression
from descent.autodiff.program.simplify import BROADCAST, SQUARE
from descent.autodiff.program.text import FRESH, MUL, OPERATORS, SUM, index_text, is_numpys, literal, write
from descent.autodiff.rules.arithmetic import GETITEM, NEGATIVE, WHERE

LONGEST = 200
RESERVED = {*dir(builtins), "elsewhere", "listed"}
ATOM = 6


class Names:
    """The names of generated functions: each one's own, and the things that all find in their globals."""

    def __init__(self, parent: "Names | None" = None):
        self.parent = parent or self
        self.taken = set(parent.taken) if parent else RESERVED.copy()
        if not parent:
            self.space, self.given = {}, {}

    def of(self, thing, hint: str) -> str:
        """Return the global name of a thing."""
        shared = self.parent
        if id(thing) not in shared.given:
            name = self.own(hint)
            shared.taken.add(name)
            shared.given[id(thing)], shared.space[name] = name, thing
        return shared.given[id(thing)]

    def own(self, hint: str) -> str:
        """Return a new name."""
        hint = re.sub(r"\W", "_", hint).lstrip("0123456789") or "c"
        name, k = hint, 1
        while name in self.taken or keyword.iskeyword(name):
            k += 1
            name = f"{hint}_{k}"
        self.taken.add(name)
        return name


class Writer:
    """Writes the lines that compute some nodes of a graph."""

    def __init__(self, graph, names: Names, sources: dict, outputs: list):
        self.graph, self.names, self.lines = graph, names, []
        self.texts = dict(sources)  # node -> (text, how tightly it binds)
        self.roles = graph.roles
        self.branches = {node.index: truth for node, truth in graph.branches}
        self.outputs = [node for node in outputs if node is not None]
        self.uses, self.live = self._count()
        self.numpy = set()  # numbers that are NumPy's when the program runs
        self.counters = {"v": 0, "t": 0}

    def _count(self):
        uses, live = {}, set()
        pending = [*self.outputs, *(node for node, _ in self.graph.branches if isinstance(node, Expression))]
        for node in pending:
            uses[node.index] = uses.get(node.index, 0) + 1
        while pending:
            node = pending.pop()
            if node.index in live:
                continue
            live.add(node.index)
            for x in nodes_in(node.args):
                uses[x.index] = uses.get(x.index, 0) + 1
                if node.operation is SQUARE or x.operation is ACCUMULATE:
                    uses[x.index] += 1  # written twice: it needs a name
                pending.append(x)
        return uses, live

    def body(self, elsewhere: str) -> list:
        """Return the lines that compute all live nodes."""
        self._unpack()
        for index in sorted(self.live):
            node = self.graph.nodes[index]
            if index not in self.texts:
                self._node(node)
            if index in self.branches:
                text, negated = self.operand(node, 0), self.operand(node, SUM)
                self.lines.append(f"if {f'not {negated}' if self.branches[index] else text}:")
                self.lines.append(f"    return {elsewhere}")
        return self.lines

    def operand(self, x, binds: int) -> str:
        """Write an operand, in brackets where it binds less than it must."""
        if not isinstance(x, Expression):
            text = literal(x, self.names.of)
            return f"({text})" if text.startswith("-") and binds > MUL else text
        text, own = self.texts[x.index]
        return f"({text})" if own < binds else text

    def _node(self, node) -> None:
        if node.operation is None:  # a constant
            value = node.args[1]
            text = self.names.of(value, self.graph.hints.get(id(value), "c")) if node.ndim else repr(value)
            self.texts[node.index] = text, ATOM
            return
        if node.operation is ACCUMULATE:
            self._accumulate(node)
            return
        text, binds = write(_in_floats(node), self.operand, self.names.of)
        if not node.ndim and is_numpys(node, self.numpy):
            self.numpy.add(node.index)
        if (self.uses[node.index] > 1 and binds < ATOM + 1 and not text.isidentifier()) or len(
            text
        ) > LONGEST:
            name = self._name(node)
            self.lines.append(f"{name} = {text}")
            text, binds = name, ATOM
        self.texts[node.index] = text, binds

    def _name(self, node) -> str:
        swept = node.index >= self.graph.start
        for target, role in reversed(self.roles.get(node.index, ()) if swept else ()):
            text = self.texts.get(target.index, ("",))[0]
            if text.isidentifier():
                return self.names.own(f"{text}_{role}")
        letter = "t" if swept else "v"
        self.counters[letter] += 1
        return self.names.own(f"{letter}{self.counters[letter]}")

    def _unpack(self) -> None:
        """Take the entries of an array that is read number by number out of it at once."""
        entries = {}
        for index in sorted(self.live):
            node = self.graph.nodes[index]
            if node.operation is GETITEM and type(node.args[1]) is int and not node.ndim:
                x = node.args[0]
                if x.operation is None and x.args[0] != "constant" and x.dtype == np.float64 and x.ndim == 1:
                    entries.setdefault(x.index, {})[node.args[1]] = node
        for index, nodes in entries.items():
            x = self.graph.nodes[index]
            text = self.texts[index][0]
            if len(nodes) < 3 or 2 * len(nodes) < x.size:
                continue
            words = []
            for k in range(x.size):
                word = self.names.own(f"{text}_{k}") if k in nodes else "_"
                words.append(word)
                if k in nodes:
                    self.texts[nodes[k].index] = word, ATOM
            self.lines.extend(wrapped("", words, f" = {text}.tolist()"))

    def _accumulate(self, node) -> None:
        """Write a buffer of the program's own, and what is added to it."""
        base, shape, *pairs = node.args
        terms = list(zip(pairs[::2], pairs[1::2], strict=True))
        found = {k: g for k, g in terms if type(k) is int}
        if base is None and len(shape) == 1 and len(found) == len(terms) and 2 * len(terms) >= shape[0]:
            words = [self.operand(found[k], 0) if k in found else "0.0" for k in range(shape[0])]
            name = self._name(node)
            self.lines.extend(wrapped(f"{name} = {self.names.of(np, 'np')}.array([", words, "])"))
            self.texts[node.index] = name, ATOM
            return
        name = self._name(node)
        if base is None:
            start = f"{self.names.of(np, 'np')}.zeros({literal(shape, self.names.of)})"
        elif base.operation in FRESH and self.uses[base.index] == 1 and base.operation is not ACCUMULATE:
            start = self.operand(base, 0)
        else:
            start = f"{self.names.of(np, 'np')}.array({self.operand(base, 0)})"
        self.lines.append(f"{name} = {start}")
        for k, (index, g) in enumerate(terms):
            self._add_at(name, index, g, first=base is None and k == 0)
        self.texts[node.index] = name, ATOM

    def _add_at(self, name, index, g, first) -> None:
        parts = index if type(index) is tuple else (index,)
        place = index_text(index, self.operand, self.names.of)
        if any(isinstance(x, Expression) for x in parts):
            place = f"({place})" if type(index) is tuple else place
            self.lines.append(f"{self.names.of(np, 'np')}.add.at({name}, {place}, {self.operand(g, 0)})")
            return
        minus = (
            isinstance(g, Expression)
            and g.operation is NEGATIVE
            and not self.texts[g.index][0].isidentifier()
        )
        sign, g = ("-=", g.args[0]) if minus and not first else ("=" if first else "+=", g)
        self.lines.append(f"{name}[{place}] {sign} {self.operand(g, 0)}")

    # -- results -----------------------------------------------------------------------------

    def number(self, node, numpys: bool) -> str:
        """Write a number that is returned: a float, or NumPy's where the arguments are NumPy's."""
        if not isinstance(node, Expression):
            text, own = repr(float(node or 0.0)), False
        else:
            text, own = self.operand(node, 0), node.index in self.numpy
        if own == numpys and not (own and node.operation is None):
            return text
        return f"{self.names.of(np.float64, 'float64')}({text})" if numpys else f"float({text})"

    def array(self, node, shape: tuple, returned: set) -> str:
        """Write an array that is returned: nobody else holds it."""
        numpy = self.names.of(np, "np")
        if node is None:
            return f"{numpy}.zeros({literal(shape, self.names.of)})"
        text = self.operand(node, 0)
        if node.shape != shape:
            self.graph.refuse("a gradient has another shape than its argument")
        if node.operation is BROADCAST and not np.ndim(getattr(node.args[0], "example", 0.0)):
            return f"{numpy}.full({literal(shape, self.names.of)}, {self.operand(node.args[0], 0)})"
        operation = node.operation
        fresh = (
            operation in FRESH
            or operation is WHERE
            or isinstance(getattr(operation, "function", 0), np.ufunc)
        )
        if fresh and node.dtype == np.float64 and node.index not in returned:
            returned.add(node.index)
            return text
        return f"{numpy}.array({text}{'' if node.dtype == np.float64 else ', float'})"


def _in_floats(node):
    """Return the node with whole numbers as floats where it computes with floats: they are quicker."""
    if node.operation in OPERATORS and node.dtype == np.float64:
        others = [x for x in node.args if isinstance(x, Expression)]
        if (
            others
            and others[0].dtype == np.float64
            and any(type(x) is int and abs(x) < 2**53 for x in node.args)
        ):
            return _Like(node, tuple(float(x) if type(x) is int else x for x in node.args))
    return node


class _Like:
    """A node with other operands."""

    def __init__(self, node, args):
        self.operation, self.kwargs, self.example, self.ndim = (
            node.operation,
            node.kwargs,
            node.example,
            node.ndim,
        )
        self.args, self.dtype, self.shape = args, node.dtype, node.shape


def wrapped(head: str, words: list, tail: str) -> list:
    """Write a long list of words on several lines."""
    text = ", ".join(words)
    if len(head) + len(text) + len(tail) < 100:
        return [head + text + tail]
    lines = textwrap.wrap(text, 92, break_long_words=False, break_on_hyphens=False)
    if not head:
        head, tail = "(", f"){tail}"
    return [head, *(f"    {line}" for line in lines), tail]
