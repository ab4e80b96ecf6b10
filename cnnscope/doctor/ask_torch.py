"""A program, run in a process of its own: does torch work, and does its CUDA?

`python -P ask_torch.py` prints one line of JSON: the facts, and the fault if there is one.
"""

import json
import sys
from typing import Any


def main() -> None:
    facts: dict[str, Any] = {}
    try:
        _try(facts)
    except Exception as error:
        facts["fault"] = f"{type(error).__name__}: {error}"
    sys.stdout.write("\n" + json.dumps(facts) + "\n")


def _try(facts: dict[str, Any]) -> None:
    import torch

    facts["version"] = torch.__version__
    facts["cuda"] = torch.version.cuda
    facts["gpus"] = torch.cuda.device_count() if torch.version.cuda and torch.cuda.is_available() else 0
    device = "cuda" if facts["gpus"] else "cpu"
    ones = torch.ones((1, 1, 4, 4), device=device), torch.ones((1, 1, 3, 3), device=device)
    result = torch.nn.functional.conv2d(*ones).tolist()
    if facts["gpus"]:
        facts["cudnn"] = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    if result != [[[[9.0, 9.0], [9.0, 9.0]]]]:
        facts["fault"] = f"a convolution of ones gives {result}, not 9s"


if __name__ == "__main__":
    main()
