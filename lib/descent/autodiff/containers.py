"""Arguments and results that are tuples, lists or dicts of numbers and arrays."""

LEAF = (None, 1)  # the structure of a leaf, and how many leaves it has


def flatten(tree) -> tuple:
    """Return the leaves of a container, in order, and its structure (None for a leaf)."""
    kind = type(tree)
    if kind is not dict and not isinstance(tree, (list, tuple)):
        return [tree], None
    items = list(tree.values()) if kind is dict else tree
    if {*map(type, items)} == {float}:  # the commonest container
        return list(items), (kind, list(tree) if kind is dict else None, [LEAF] * len(items))
    leaves, parts = [], []
    for item in items:
        below, structure = flatten(item)
        leaves.extend(below)
        parts.append((structure, len(below)))
    return leaves, (kind, list(tree) if kind is dict else None, parts)


def rebuild(structure, leaves: list):
    """Put leaves into a container again."""
    if structure is None:
        return leaves[0]
    kind, keys, parts = structure
    if parts.count(LEAF) == len(parts):
        items = list(leaves)
    else:
        items, start = [], 0
        for below, count in parts:
            whole = leaves[start] if below is None else rebuild(below, leaves[start : start + count])
            items.append(whole)
            start += count
    if kind is dict:
        return dict(zip(keys, items, strict=True))
    return kind(*items) if hasattr(kind, "_fields") else kind(items)


def pack(leaves: list, structures: list) -> tuple:
    """Put leaves back into the arguments that they came from: (structure, number of leaves) for each."""
    packed, start = [], 0
    for structure, count in structures:
        packed.append(rebuild(structure, leaves[start : start + count]))
        start += count
    return tuple(packed)
