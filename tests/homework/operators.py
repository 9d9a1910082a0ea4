"""Mutants that nobody wrote: one small change at a time, applied to the source of a solution."""

import ast
import copy

SWAPPED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.NotEq}
SWAPPED |= {ast.NotEq: ast.Eq}
OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
TWIN = {"min": "max", "max": "min", "argmin": "argmax", "argmax": "argmin", "ceil": "floor", "floor": "ceil"}


def changes(node):
    """Yield (what, another node) for each small change of one node of the tree."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in OTHER:
            what = "sign" if isinstance(node.op, ast.Add | ast.Sub) else "operator"
            yield what, ast.BinOp(node.left, OTHER[type(node.op)](), node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            yield "dropped term", node.left
            yield "dropped term", node.right
        if isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
            yield "factor 2", ast.BinOp(ast.Constant(2), ast.Mult(), node)
        if isinstance(node.op, ast.MatMult):
            yield "transposed", ast.BinOp(node.right, ast.MatMult(), node.left)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", node.operand
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transposed", node.value
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "off by one", ast.Constant(node.value + 1)
        yield "off by one", ast.Constant(node.value - 1)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        op = SWAPPED[type(node.ops[0])]()
        yield "comparison", ast.Compare(node.left, [op, *node.ops[1:]], node.comparators)
    if isinstance(node, ast.AugAssign):
        store = node.target
        if isinstance(node.op, ast.Add | ast.Sub):
            yield "= for +=", ast.Assign([store], node.value)
        if type(node.op) in OTHER:
            yield "sign", ast.AugAssign(store, OTHER[type(node.op)](), node.value)
    if isinstance(node, ast.Call):
        if len(node.args) == 2 and not any(isinstance(a, ast.Starred) for a in node.args):
            yield "swapped arguments", ast.Call(node.func, node.args[::-1], node.keywords)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in TWIN:
            twin = copy.deepcopy(node)
            setattr(twin.func, "attr" if isinstance(node.func, ast.Attribute) else "id", TWIN[name])
            yield "operator", twin
    if isinstance(node, ast.Dict):
        for k in range(len(node.values) - 1):
            *before, a, b = node.values[: k + 2]
            yield "swapped values", ast.Dict(node.keys, [*before, b, a, *node.values[k + 2 :]])
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "comparison", ast.BoolOp(other, node.values)


def places(tree):
    """Yield (parent, field, place in a list or None) of each node of the tree."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.AST):
                yield parent, field, None
            elif isinstance(value, list):
                yield from ((parent, field, i) for i, v in enumerate(value) if isinstance(v, ast.AST))


def mutants(source: str):
    """Yield (what, mutated source) for each change of each node, duplicates left out.

    >>> [text for _, text in mutants("def f(x):\\n    return x - 1")][:3]
    ['def f(x):\\n    return x + 1', 'def f(x):\\n    return x', 'def f(x):\\n    return 1']
    """
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for parent, field, i in list(places(tree)):
        holder = getattr(parent, field)
        node = holder if i is None else holder[i]
        for what, other in list(changes(node)):
            put(parent, field, i, ast.copy_location(other, node))
            text = ast.unparse(ast.fix_missing_locations(tree))
            put(parent, field, i, node)
            if text not in seen:
                seen.add(text)
                yield what, text


def put(parent, field, i, node):
    """Put a node into the tree."""
    if i is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[i] = node
