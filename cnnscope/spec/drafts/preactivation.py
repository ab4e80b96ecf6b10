"""Residual blocks whose batch norms and ReLUs stand before the convolutions."""

from collections.abc import Sequence

from cnnscope.spec.drafts.draft import Cells, Draft
from cnnscope.spec.drafts.modules import LETTERS, half


def pre_activated(
    draft: Draft, kernels: Sequence[str], *, grouped: int = -1, strided: int = 0, shortcut: str = "projection"
) -> str:
    """A stack whose input is added to its output as it is (He et al. 2016, figure 4); returns the block's name.

    Where the shape changes, the 1x1 convolution of a projection starts behind the first ReLU.
    """
    letters = LETTERS[: len(kernels)]
    last = letters[-1]
    rows: list[Cells] = [{"layer": "pre", "type": "bn relu", "from": "in"}]
    for index, (letter, kernel) in enumerate(zip(letters, kernels, strict=True)):
        kind = {"type": "conv", "bias": "no"} if letter == last else {"type": "conv bn relu"}
        cells = {"layer": letter, "maps": f"{{{letter}}}", "kernel": kernel}
        cells["padding"] = "" if kernel == "1x1" else half(kernel)
        cells["stride"] = "{stride}" if index == strided else ""
        cells["groups"] = "{groups}" if index == grouped else ""
        rows.append(kind | cells)
    changed, same = f"{{stride != 1 or in.maps != {last}}}", f"{{stride == 1 and in.maps == {last}}}"
    if shortcut == "projection":
        skip = {"layer": "skip", "type": "conv", "bias": "no", "maps": f"{{{last}}}", "kernel": "1x1"}
        rows += [
            skip | {"stride": "{stride}", "from": "pre", "when": changed},
            {"layer": "sum", "type": "add", "from": f"{last}, skip", "when": changed},
            {"layer": "out", "type": "add", "from": "sum, in", "when": same},
        ]
    elif shortcut == "padded":
        skip = {"layer": "skip", "type": "max pool pad", "kernel": "1x1", "stride": "{stride}"}
        rows += [
            skip | {"channel_padding": f"0,{{{last} - in.maps}}", "from": "in", "when": changed},
            {"layer": "out", "type": "add", "from": f"{last}, skip"},
        ]
    groups = ", groups=1" if grouped >= 0 else ""
    return draft.block(f"pre-activated-{'-'.join(kernels)}({', '.join(letters)}, stride=1{groups})", rows)
