"""The pytest plug-in: budgets beside other tests, through the fixture `cnn_budget`.

It is a fixture and no marker, since an unknown marker passes where the plug-in is not installed, and an unknown fixture
is an error (docs/decisions/0018).

>>> def test_the_edge_model_stays_small(cnn_budget):
...     cnn_budget("specs/ournet.md", "params <= 5M", "macs <= 300M")
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cnnscope.api import Network
    from cnnscope.budgets.verdicts import Verdicts


@pytest.fixture(scope="session")
def cnn_budget() -> Callable[..., "Verdicts"]:
    """Fail the test unless every budget of a model holds; takes what `cnnscope.check` takes, returns its verdicts.

    What cannot be decided fails as well.
    """

    def hold(model: "str | Network", *budgets: "str | Iterable[str]", **settings: str | int) -> "Verdicts":
        from cnnscope import gate
        from cnnscope.render.verdict_text import SIGNS, closing, sentence

        verdicts = gate.check(model, *budgets, **settings)  # type: ignore[arg-type]
        if verdicts.exit_code:
            lines = [f"{SIGNS[verdict.status]} {sentence(verdict)}" for verdict in verdicts.worst_first]
            pytest.fail("\n".join([closing(verdicts), *lines]), pytrace=False)
        return verdicts

    return hold
