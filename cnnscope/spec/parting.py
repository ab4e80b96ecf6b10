"""Where the sizes of tensors that do not fit together parted: the layers that changed them on the way."""

from collections.abc import Iterable, Sequence

from cnnscope.graph import INPUT, Node, place
from cnnscope.shapes import Shape

MOST_TOLD = 3


def parting(nodes: Sequence[Node], input_shape: Shape, read: Iterable[str]) -> str:
    """The last layer of each path that changed the height or width since the paths parted, as the end of a message.

    Empty where the tensors are of one height and width. `nodes` all fit; `input_shape` has the batch.
    """
    shapes = {INPUT: input_shape}
    for node in nodes:
        shapes[node.name] = place(node.op, tuple([shapes[name] for name in node.inputs])).output
    names = list(read)
    if len(names) < 2 or any(len(shapes[name]) != 4 for name in names) or len({shapes[n][2:] for n in names}) < 2:
        return ""
    paths = [_behind(nodes, name) for name in names]
    shared = set.intersection(*paths)
    told = []
    for path in paths:
        changed = [node for node in nodes if node.name in path - shared and _resizes(node, shapes)]
        told += [_told(node, shapes) for node in changed[-1:]]
    return "".join(f"{', ' if index else ': '}{text}" for index, text in enumerate([*dict.fromkeys(told)][:MOST_TOLD]))


def _behind(nodes: Sequence[Node], name: str) -> set[str]:
    """This tensor and all that it is made from."""
    found = {name}
    for node in reversed(nodes):
        if node.name in found:
            found.update(node.inputs)
    return found


def _resizes(node: Node, shapes: dict[str, Shape]) -> bool:
    before, after = shapes[node.inputs[0]], shapes[node.name]
    return len(before) == len(after) == 4 and before[2:] != after[2:]


def _told(node: Node, shapes: dict[str, Shape]) -> str:
    """a (line 20, padding 0) makes 62x62 of 64x64"""
    marks = [f"line {node.line}"]
    if (stride := getattr(node.op, "stride", None)) and set(stride) != {1}:
        marks.append(f"stride {'x'.join(map(str, dict.fromkeys(stride)))}")
    if getattr(node.op, "padding", None) == (0, 0, 0, 0):
        marks.append("padding 0")
    before, after = ("x".join(map(str, shapes[name][2:])) for name in (node.inputs[0], node.name))
    return f"{node.row} ({', '.join(marks)}) makes {after} of {before}"
