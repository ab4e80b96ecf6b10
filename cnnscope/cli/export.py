"""cnnscope export: a network as an ONNX file."""

import re
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from cnnscope.cli import options
from cnnscope.errors import UsageError
from cnnscope.units import short_bytes


def run(
    model: Annotated[str, options.model_argument()],
    output: Annotated[
        Path | None,
        Option("-o", "--output", help="The file, NAME.onnx; that of the network in this directory if not given."),
    ] = None,
    input_shape: Annotated[str | None, Option("--input", help="CxHxW, or a number of features.")] = None,
    assume: options.Assume = None,
    batch: Annotated[str, Option(help="Images per pass, or dynamic.")] = "1",
    dtype: Annotated[str, Option(help="float32 | float16")] = "float32",
    opset: Annotated[int, Option(help="17 to 21.")] = 17,
    weights: Annotated[str, Option(help="random | none | FILE.npz | FILE.safetensors")] = "random",
    seed: Annotated[int, Option(help="Of random weights: the same seed, the same bytes.")] = 0,
    force: Annotated[bool, Option("--force", help="Overwrite NAME.onnx where -o does not name it.")] = False,
) -> None:
    """Write a network as ONNX, every node and tensor under its layer's name."""
    from cnnscope.api import load
    from cnnscope.export import DYNAMIC, export_onnx

    if batch != DYNAMIC and not batch.isdecimal():
        raise UsageError(f"batch `{batch[:20]}`", f"write a number of images, at least 1, or {DYNAMIC}")
    if output and output.suffix.lower() != ".onnx":
        raise UsageError(f"{output}: an ONNX file is written under .onnx", f"write -o {output.stem or 'net'}.onnx")
    network = load(model, assume=options.assumptions(assume))
    graph = network.shaped(input_shape)
    # A name comes from the page: it must not choose another directory.
    path = output or Path(re.sub(r"[^\w.-]", "_", network.name).lstrip(".") + ".onnx")
    if output is None and path.exists() and not force:
        raise UsageError(f"{path} exists already", "name it with -o, or add --force")
    count = batch if batch == DYNAMIC else int(batch)
    for written in export_onnx(graph, path, batch=count, dtype=dtype, opset=opset, weights=weights, seed=seed):
        typer.echo(f"{written}  {short_bytes(written.stat().st_size)}")
