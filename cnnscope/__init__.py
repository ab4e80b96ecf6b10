"""cnnscope: a layer table is the program. Load a network, analyze it, check what its page prints.

>>> import cnnscope
>>> cnnscope.load("vgg16").analyze().params
138357544

Names are imported when they are first used, so that `import cnnscope` costs nothing.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from cnnscope.analysis.report import Report
    from cnnscope.answers import explain, profile, reconcile, verify
    from cnnscope.api import Network, load, load_all, networks
    from cnnscope.budgets.verdicts import Verdicts
    from cnnscope.errors import CnnscopeError, SpecError, UnknownModelError, UsageError
    from cnnscope.explanation.record import Explanation
    from cnnscope.export import build_torch, export_onnx
    from cnnscope.gate import check, check_config
    from cnnscope.profiling.protocol import Limits
    from cnnscope.profiling.record import Profile
    from cnnscope.reconciliation.record import Reconciliation
    from cnnscope.runtimes import Settings
    from cnnscope.verification.record import Verification

_HOMES = {
    "load": "api",
    "load_all": "api",
    "networks": "api",
    "explain": "answers",
    "verify": "answers",
    "profile": "answers",
    "reconcile": "answers",
    "Network": "api",
    "check": "gate",
    "check_config": "gate",
    "Verdicts": "budgets.verdicts",
    "export_onnx": "export",
    "build_torch": "export",
    "Settings": "runtimes",
    "Limits": "profiling.protocol",
    "Profile": "profiling.record",
    "Report": "analysis.report",
    "Explanation": "explanation.record",
    "Verification": "verification.record",
    "Reconciliation": "reconciliation.record",
    "CnnscopeError": "errors",
    "SpecError": "errors",
    "UnknownModelError": "errors",
    "UsageError": "errors",
}

__all__ = [
    "load",
    "load_all",
    "networks",
    "explain",
    "verify",
    "reconcile",
    "check",
    "check_config",
    "export_onnx",
    "build_torch",
    "profile",
    "Settings",
    "Limits",
    "Profile",
    "Network",
    "Report",
    "Explanation",
    "Verification",
    "Reconciliation",
    "Verdicts",
    "CnnscopeError",
    "SpecError",
    "UnknownModelError",
    "UsageError",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
