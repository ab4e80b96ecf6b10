"""A program, run in a process of its own: can this execution provider of onnxruntime run a convolution?

`python -P ask_onnxruntime.py CUDAExecutionProvider` prints one line of JSON: the facts, and the fault if there is one.
A provider may also end this process, hang, or write the reason to stderr: that is for `ask.py` to read.
"""

import json
import sys
from typing import Any

MODEL = bytes.fromhex(
    # One Conv node, x (1, 1, 4, 4) and w (1, 1, 3, 3) -> y (1, 1, 2, 2); IR version 8, opset 17, made with onnx.helper.
    "080812003a6b0a0f0a01780a01771201792204436f6e761201675a1b0a017812160a1408011210"
    "0a0208010a0208010a0208040a0208045a1b0a017712160a14080112100a0208010a0208010a02"
    "08030a020803621b0a017912160a14080112100a0208010a0208010a0208020a02080242040a001011"
)
CPU = "CPUExecutionProvider"


def main(provider: str) -> None:
    facts: dict[str, Any] = {}
    try:
        _try(provider, facts)
    except Exception as error:
        facts["fault"] = f"{type(error).__name__}: {error}"
    sys.stdout.write("\n" + json.dumps(facts) + "\n")


def _try(provider: str, facts: dict[str, Any]) -> None:
    import numpy
    import onnxruntime

    if provider != CPU:
        onnxruntime.preload_dlls()
    facts["version"] = onnxruntime.__version__
    facts["available"] = onnxruntime.get_available_providers()
    options = onnxruntime.SessionOptions()
    if provider != CPU:
        # Without this a provider that does not load is replaced by the CPU, with a line in the log and no error.
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    session = onnxruntime.InferenceSession(MODEL, options, providers=[provider])
    ones = {"x": numpy.ones((1, 1, 4, 4), "float32"), "w": numpy.ones((1, 1, 3, 3), "float32")}
    (result,) = session.run(None, ones)
    if result.tolist() != [[[[9.0, 9.0], [9.0, 9.0]]]]:
        facts["fault"] = f"a convolution of ones gives {result.tolist()}, not 9s"


if __name__ == "__main__":
    main(sys.argv[1])
