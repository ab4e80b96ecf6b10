"""D17: the Keras code Sequential([Conv2D(16, 3, padding="same"), MaxPool2D(), Dense(10)]) read as text, never executed.

Lists, `model.add(...)` and the functional style (x = Conv2D(16, 3)(x)) alike; a comma that is missing between two
layers changes nothing. Numbers may be names that the text defines, and a loop over numbers is written out. Everything
that the code leaves out has Keras's own default (valid padding, a pool's stride is its window, biases), so nothing is
assumed but the input where no layer has an `input_shape`, and the number of classes where only its name is given.
"""

import re

from cnnscope.errors import CellError
from cnnscope.spec.drafts.draft import Choices, Draft, Given, fault
from cnnscope.spec.drafts.habits import image
from cnnscope.spec.faults import refusal
from cnnscope.spec.tables.document import Document

EXPECTS = "a Keras Sequential model: Sequential([Conv2D(16, 3), MaxPool2D(), Flatten(), Dense(10)])"
WORD = "Sequential"
LINES = True

_MODEL = re.compile(r"\bSequential\b|\.add\s*\(|\bInput\s*\(|\bModel\s*\(")
_LAYER = re.compile(r"\b(?:Conv\w*[123]D\w*|Convolution2D|\w*Pool\w*2D|Dense|Flatten|BatchNormalization|Dropout)\s*\(")

_TORCH = re.compile(r"\bnn\.[A-Z]|\b(?:Conv2d|Linear|BatchNorm2d|MaxPool2d)\(")


def claims(document: Document) -> bool:
    text = "\n".join(document.lines)
    if _TORCH.search(text):
        return False
    return not document.has_front and bool(_MODEL.search(text)) and bool(_LAYER.search(text))


def read(document: Document, given: Given) -> list[Draft]:
    from cnnscope.spec.drafts.keras.models import Models

    draft = Draft(Choices(given))
    models = Models(draft)
    try:
        models.run(document.lines)
    except CellError as error:
        models.faults.append(fault(0, "", error))
    if models.faults:
        raise refusal(document.path, models.faults)
    image(draft)
    return [draft]
