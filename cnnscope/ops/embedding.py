"""What transformers learn beside their layers: a vector for every position, and a token that reads all others."""

from cnnscope.errors import ShapeError
from cnnscope.ops.op import Call, Cost, Op, Spelling, Weight
from cnnscope.ops.spelling import integers
from cnnscope.shapes import Shape, dims, elements


class PositionEmbedding(Op):
    """Adds one learned value per channel and position (Dosovitskiy et al. 2020, ViT): one add, one param each."""

    type = "position embedding"
    in_place = True

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"weight": Weight(inputs[0][1:])}

    def cost(self, *inputs: Shape) -> Cost:
        return Cost(adds=elements(inputs[0]))

    def onnx(self, *inputs: Shape) -> Spelling:
        return (Call("Add", {}, ("in", "weight")),)

    def torch(self, *inputs: Shape) -> Spelling:
        return (Call("torch.add", {}, ("in", "weight")),)


class ClassToken(Op):
    """Puts one learned token in front of the others: (N, T, D) -> (N, T + 1, D) (Devlin et al. 2018, BERT; ViT).

    Attention fills it with what the whole image holds; `slice 0:1` takes it out again.
    """

    type = "class token"

    def output(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 3:
            raise ShapeError(f"needs tokens, got {dims(inputs[0])}", "put a tokens row before it")
        batch, tokens, width = inputs[0]
        return batch, tokens + 1, width

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"weight": Weight((1, 1, inputs[0][2]))}

    def onnx(self, *inputs: Shape) -> Spelling:
        # One copy of the token per image: the first token less itself takes the batch along, and shapes stay known.
        return (
            Call("Slice", {}, ("in", integers([0]), integers([1]), integers([1])), "first"),
            Call("Sub", {}, ("first", "first"), "zeros"),
            Call("Add", {}, ("zeros", "weight"), "token"),
            Call("Concat", {"axis": 1}, ("token", "in")),
        )

    def torch(self, *inputs: Shape) -> Spelling:
        return (
            Call("torch.narrow", {"dim": 1, "start": 0, "length": 1}, ("in",), "first"),
            Call("torch.zeros_like", {}, ("first",), "zeros"),
            Call("torch.add", {}, ("zeros", "weight"), "token"),
            Call("torch.cat", {"dim": 1}, (("token", "in"),)),
        )
