"""Keras's layers as rows of a draft, with Keras's own defaults for what is left out."""

import re
from typing import ClassVar

from cnnscope.errors import CellError
from cnnscope.graph import INPUT, Assumption
from cnnscope.spec.drafts.draft import Cells, Draft, Line
from cnnscope.spec.drafts.habits import told_input, whole_choice
from cnnscope.spec.drafts.keras.arguments import (
    ALWAYS,
    IMAGE_ONLY,
    KNOWN,
    MERGES,
    MORE,
    OLD,
    PLAIN,
    POSITIONAL,
    activation,
    of_keras_1,
    padding,
    pair,
    sides,
    transposed,
)
from cnnscope.spec.drafts.keras.statements import Unknown, Value

Values = dict[str, Value]


class Writer:
    """Writes layers into a draft. A tensor is known by its row; `flat` are those without height and width."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.flat: set[str] = set()
        self.maps: dict[str, int] = {}
        self.planar = False
        """Has the input height and width, but no channels?"""

    def layer(self, line: int, name: str, arguments: Values, sources: list[str]) -> str:
        """Write one layer; returns its row, or its source where it does nothing."""
        given = {OLD.get(key, key): each for key, each in arguments.items()}
        self._known(name, given)
        self._input(line, given, name)
        source = sources[0] if sources else INPUT
        if name in ("Input", "InputLayer") or IMAGE_ONLY.fullmatch(name):
            return source
        if name in MERGES:
            entry = self._row(line, MERGES[name], "", from_=", ".join(sources))
            self.maps[entry.name] = self._merged(name, sources)
            return entry.name
        own = given.get("name")
        cells: Cells = {"layer": own} if isinstance(own, str) else {}
        entry = self._layer(line, name, given, source, cells)
        flat = (
            source in self.flat
            or name in ("Flatten", "Reshape")
            or (name.startswith("Glob") and not given.get("keepdims"))
        )
        self.flat |= {entry.name} if flat else set()
        self.maps.setdefault(entry.name, self._maps_of(source))
        return entry.name

    def _merged(self, name: str, sources: list[str]) -> int:
        maps = [self.maps.get(source, 0) for source in sources]
        return sum(maps) if name == "Concatenate" else max(maps)

    def _known(self, name: str, given: Values) -> None:
        if name not in KNOWN and not IMAGE_ONLY.fullmatch(name):
            raise CellError(f"`{name[:40]}` is no layer that is read here", f"known are {', '.join(KNOWN)}")
        if IMAGE_ONLY.fullmatch(name):
            return
        keys = (*POSITIONAL.get(name, ()), *MORE.get(name, ()))
        unknown = [key for key in given if key not in (*keys, "nb_row", "nb_col") and not ALWAYS.fullmatch(key)]
        if unknown:
            raise CellError(
                f"`{unknown[0][:40]}` is no argument that is read here", f"{name} has {', '.join(keys) or 'none'}"
            )

    def _row(self, line: int, type: str, source: str, **cells: str) -> Line:
        """A row behind `source`, which is named where it is not the row above."""
        above = self.draft.lines[-1].name if self.draft.lines else INPUT
        more = {"from_": source} if source and source != above else {}
        return self.draft.add(line, type, **more, **cells)

    def _layer(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        if self.planar and source == INPUT and name not in ("Flatten", "Reshape"):
            raise CellError("an input of two numbers", "write (28, 28, 1): the last is the number of channels")
        if name in PLAIN:
            return self._row(line, PLAIN[name], source, **cells)
        write = self._WRITE.get(name, Writer._pool if "Pool" in name else Writer._convolution)
        return write(self, line, name, given, source, cells)

    def _normed(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        if given.get("center") is False:
            raise CellError("a BatchNormalization without beta", "leave out center=False")
        return self._row(line, "bn", source, **cells, scale="no" if given.get("scale") is False else "")

    def _dropped(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        rate = given.get("rate", 0.5)
        return self._row(line, "dropout", source, **cells, p=str(rate) if isinstance(rate, int | float) else "")

    def _bordered(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        border = sides(given.get("padding", given.get("cropping", 1)))
        return self._row(line, "pad" if name.startswith("Z") else "crop", source, **cells, padding=border)

    def _enlarged(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        return self._row(line, "upsample", source, **cells, scale=pair(given.get("size", 2)))

    def _pool(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        kernel = pair(given.get("pool_size", 2))
        stride = kernel if given.get("strides") is None else pair(given["strides"])
        type = "max pool" if name.startswith("Max") else "avg pool"
        return self._row(line, type, source, **cells, kernel=kernel, stride=stride, padding=padding(given))

    def _dense(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        """Behind maps, Keras applies it to every pixel, as a 1x1 convolution."""
        units = given.get("units")
        if isinstance(units, Unknown):
            what = units.text if units.text.isidentifier() else "classes"
            if not re.search(r"class|categor|label", units.text.lower()):
                raise CellError(
                    f"the code does not say what `{units.text[:40]}` is", f"write a line {what[:40]} = 64 above it"
                )
            maps = str(whole_choice(self.draft.choices, what, "10", "the code does not say"))
        else:
            maps = pair(units)
        bias = "no" if given.get("use_bias") is False else ""
        cells |= activation(given.get("activation"))
        flat = self._is_flat(source)
        window = {} if flat else {"kernel": "1x1"}
        type = "fully connected" if flat else "conv"
        entry = self._row(line, type, source, maps=maps, bias=bias, **window, **cells)
        self.maps[entry.name] = int(maps)
        return entry

    def _is_flat(self, source: str) -> bool:
        return "x" not in self.draft.input[1] if source == INPUT else source in self.flat

    def _convolution(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        given = of_keras_1(name, given)
        needed = POSITIONAL[name][: 1 if name == "DepthwiseConv2D" else 2]
        if missing := [key for key in needed if key not in given]:
            raise CellError(f"needs {missing[0]}", f"write {name}(16, 3)")
        shape = {
            "kernel": pair(given["kernel_size"]),
            "stride": pair(given.get("strides", 1)),
            "padding": padding(given),
        }
        dilation, groups = pair(given.get("dilation_rate", 1)), pair(given.get("groups", 1))
        shape |= {} if set(dilation.split("x")) == {"1"} else {"dilation": dilation}
        bias = "no" if given.get("use_bias") is False else ""
        cells |= activation(given.get("activation"))
        many = given.get("depth_multiplier", 1)
        if name in ("SeparableConv2D", "DepthwiseConv2D") and many != 1:
            before = self._maps_of(source)
            if not isinstance(many, int) or not before:
                raise CellError("the depth_multiplier of an input whose maps are not known", "write an Input first")
            shape["maps"] = str(before * many)
        if name == "SeparableConv2D":
            self._row(line, "depthwise conv", source, bias="no", **shape)
            entry = self._row(line, "conv", "", maps=pair(given["filters"]), kernel="1x1", bias=bias, **cells)
        elif name == "DepthwiseConv2D":
            entry = self._row(line, "depthwise conv", source, bias=bias, **shape, **cells)
        elif name == "Conv2DTranspose":
            shape |= transposed(shape)
            entry = self._row(line, "transposed conv", source, maps=pair(given["filters"]), bias=bias, **shape, **cells)
        else:
            more = {"groups": groups} if groups != "1" else {}
            entry = self._row(line, "conv", source, maps=pair(given["filters"]), bias=bias, **shape, **more, **cells)
        maps = entry.cells.get("maps", "")
        self.maps[entry.name] = int(maps) if maps.isdecimal() else self._maps_of(source)
        return entry

    def _maps_of(self, source: str) -> int:
        first = self.draft.input[1].split("x")[0]
        return self.maps.get(source, 0) or (int(first) if source == INPUT and first.isdecimal() else 0)

    def _activated(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        if name == "PReLU":
            if given.get("shared_axes") != (1, 2):
                raise CellError("PReLU with a slope per pixel", "PReLU(shared_axes=[1, 2]), a slope per map, is read")
            return self._row(line, "prelu", source, **cells)
        if name == "ReLU":
            most = given.get("max_value")
            if most not in (None, 6):
                raise CellError("a ReLU with another limit than 6", "write ReLU() or ReLU(6)")
            return self._row(line, "relu6" if most == 6 else "relu", source, **cells)
        if name == "LeakyReLU":
            slope = given.get("alpha", given.get("negative_slope", 0.3))
            return self._row(line, "leaky relu", source, **cells, slope=str(slope))
        found = activation(given.get("activation"))
        return self._row(line, found.pop("activation", "identity"), source, **cells, **found)

    def _reshaped(self, line: int, name: str, given: Values, source: str, cells: Cells) -> Line:
        target = given.get("target_shape")
        if isinstance(target, tuple) and len(target) == 1:
            return self._row(line, "flatten", source, **cells)
        if (
            isinstance(target, tuple)
            and len(target) == 3
            and source == INPUT
            and all(isinstance(n, int) for n in target)
        ):
            # A flat image: the network begins behind it.
            self.draft.input = (line, f"{target[2]}x{target[0]}x{target[1]}")
            return self._row(line, "identity", source, **cells)
        if isinstance(target, tuple) and target[:2] == (1, 1) and target[2:] == (self.maps.get(source),):
            # The means of maps as maps of one pixel.
            return self._row(line, "identity", source, **cells)
        raise CellError("a Reshape inside the network", "only flattening, and the shape of the input, are read")

    _WRITE: ClassVar = {
        "Dense": _dense,
        "BatchNormalization": _normed,
        "Activation": _activated,
        "ReLU": _activated,
        "LeakyReLU": _activated,
        "PReLU": _activated,
        "Dropout": _dropped,
        "SpatialDropout2D": _dropped,
        "Reshape": _reshaped,
        "ZeroPadding2D": _bordered,
        "Cropping2D": _bordered,
        "UpSampling2D": _enlarged,
    }

    def _input(self, line: int, given: Values, name: str) -> None:
        shape = given.get("input_shape", given.get("shape"))
        for key in ("batch_input_shape", "batch_shape"):
            whole = given.get(key)
            shape = whole[1:] if isinstance(whole, tuple) else shape
        shape = (given["input_dim"],) if isinstance(given.get("input_dim"), int) else shape
        if shape is None or self.draft.input[1]:
            return
        numbers = shape if isinstance(shape, tuple) else (shape,)
        sides = [number for number in numbers if isinstance(number, int)]
        if len(sides) < len(numbers) or isinstance(shape, Unknown):
            channels = sides[-1] if sides and len(numbers) == 3 and isinstance(numbers[-1], int) else 3
            why = "the code does not say how large it is"
            self.draft.input = (line, told_input(self.draft.choices, f"{channels}x224x224", why))
        elif len(sides) == 3:
            self.draft.input = (line, self._ordered(sides, given))
        elif len(sides) == 2 and name in ("Flatten", "Input", "InputLayer", "Rescaling"):
            self.draft.input, self.planar = (line, f"1x{sides[0]}x{sides[1]}"), True
        elif len(sides) == 1:
            self.draft.input = (line, str(sides[0]))
        else:
            raise CellError(f"an input of {len(sides)} numbers", "write input_shape=(28, 28, 1)")

    def _ordered(self, sides: list[int], given: Values) -> str:
        """Height, width, channels; the channels stand first in Theano's order, which small images give away."""
        first = given.get("data_format") == "channels_first"
        if not first and sides[0] in (1, 3) and sides[2] > 4:
            first = True
            why = "the first number is 1 or 3, the last is larger than 4"
            self.draft.choices.note(Assumption("input order", "channels first", why))
        channels, height, width = sides if first else (sides[2], sides[0], sides[1])
        return f"{channels}x{height}x{width}"
