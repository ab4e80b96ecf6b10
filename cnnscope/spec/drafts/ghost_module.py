"""GhostNet's bottleneck: a cheap window makes half of a convolution's maps from the other half (Han et al. 2019)."""

from cnnscope.spec.drafts.draft import Cells, Draft

_CHANGED = "{stride != 1 or in.maps != maps}"


def ghost_bottleneck(draft: Draft) -> str:
    """Declare the block; its name. Two ghost modules, a window between them where the size halves, and a gate."""
    ghost = _ghost(draft)
    rows: list[Cells] = [
        {"layer": "ghost1", "type": ghost, "maps": "{wide}", "act": "relu"},
        {"layer": "window", "type": "depthwise conv bn", "kernel": "{kernel}", "stride": "{stride}", "padding": "same",
         "when": "{stride != 1}"},
        {"layer": "mean", "type": "global avg pool", "from": "window", "when": "{squeezed != 0}"},
        {"layer": "squeeze", "type": "conv", "maps": "{max(squeezed, 1)}", "kernel": "1x1", "activation": "relu",
         "when": "{squeezed != 0}"},
        {"layer": "gate", "type": "conv", "maps": "{wide}", "kernel": "1x1", "activation": "hard sigmoid",
         "when": "{squeezed != 0}"},
        {"layer": "excite", "type": "multiply", "from": "window, gate", "when": "{squeezed != 0}"},
        {"layer": "ghost2", "type": ghost, "maps": "{maps}"},
        {"layer": "skip window", "type": "depthwise conv bn", "kernel": "{kernel}", "stride": "{stride}",
         "padding": "same", "from": "in", "when": _CHANGED},
        {"layer": "skip", "type": "conv bn", "maps": "{maps}", "kernel": "1x1", "when": _CHANGED},
        {"layer": "out", "type": "add", "from": "ghost2, skip"},
    ]  # fmt: skip
    return draft.block("ghost-bottleneck(maps, wide, squeezed, kernel=3x3, stride=1)", rows)


def _ghost(draft: Draft) -> str:
    rows: list[Cells] = [
        {"layer": "own", "type": "conv bn", "maps": "{maps//2}", "kernel": "1x1", "activation": "{act}"},
        {"layer": "cheap", "type": "depthwise conv bn", "kernel": "3x3", "padding": "1", "activation": "{act}"},
        {"layer": "join", "type": "concat", "from": "own, cheap"},
    ]
    return draft.block("ghost(maps, act=-)", rows)
