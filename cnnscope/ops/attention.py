"""Multi-head self-attention over tokens (Vaswani et al. 2017)."""

from cnnscope.errors import ShapeError
from cnnscope.ops.op import WHOLE, Call, Cost, Op, Spelling, Weight
from cnnscope.ops.spelling import integers, scalar
from cnnscope.shapes import Shape, dims


class Attention(Op):
    """(N, T, D) -> (N, T, D): a D -> 3D product for queries, keys, values, softmax(q·k / sqrt d)·v, a D -> D product.

    Multiply-accumulates per sample: 4·T·D² for the projections and 2·T²·D for scores and sums. Softmax costs one
    exponential, add and divide per score, scaling one multiply.
    """

    type = "attention"
    saves = frozenset({"input"})

    heads: int
    bias: bool = True

    def output(self, *inputs: Shape) -> Shape:
        if len(inputs[0]) != 3:
            raise ShapeError(f"needs tokens, got {dims(inputs[0])}", "put a tokens row before it")
        if inputs[0][2] % self.heads:
            raise ShapeError(
                f"{inputs[0][2]} features cannot be split into {self.heads} heads", "heads must divide them"
            )
        return inputs[0]

    def window(self, *inputs: Shape) -> str:
        return WHOLE

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        width = inputs[0][2]
        matrices = {"in_proj_weight": Weight((3 * width, width)), "out_proj_weight": Weight((width, width))}
        biases = {"in_proj_bias": Weight((3 * width,)), "out_proj_bias": Weight((width,))}
        return matrices | biases if self.bias else matrices

    def cost(self, *inputs: Shape) -> Cost:
        batch, tokens, width = inputs[0]
        scores = batch * self.heads * tokens * tokens
        macs = batch * (4 * tokens * width**2 + 2 * tokens**2 * width)
        return Cost(
            macs=macs,
            multiply_adds=macs,
            adds=scores + (4 * batch * tokens * width if self.bias else 0),
            multiplies=scores,
            divides=scores,
            transcendentals=scores,
        )

    def extra_saved_bytes(self, itemsize: int, *inputs: Shape) -> int:
        """Queries, keys, values, their mix, and the scores after softmax."""
        batch, tokens, width = inputs[0]
        return itemsize * batch * (4 * tokens * width + self.heads * tokens * tokens)

    def onnx(self, *inputs: Shape) -> Spelling:
        _, tokens, width = inputs[0]
        head = width // self.heads
        calls = [
            *self._projected("in", "in_proj", "joint"),
            Call("Reshape", {}, ("joint", integers((-1, tokens, 3, self.heads, head))), "split"),
            Call("Transpose", {"perm": (2, 0, 3, 1, 4)}, ("split",), "heads"),
        ]
        for index, name in enumerate(("query", "key", "value")):
            calls.append(Call("Gather", {"axis": 0}, ("heads", integers([index])), f"{name}_stack"))
            calls.append(Call("Squeeze", {}, (f"{name}_stack", integers([0])), name))
        return (
            *calls,
            Call("Transpose", {"perm": (0, 1, 3, 2)}, ("key",), "keys"),
            Call("MatMul", {}, ("query", "keys"), "products"),
            Call("Mul", {}, ("products", scalar(head**-0.5)), "scores"),
            Call("Softmax", {"axis": -1}, ("scores",), "shares"),
            Call("MatMul", {}, ("shares", "value"), "mixed"),
            Call("Transpose", {"perm": (0, 2, 1, 3)}, ("mixed",), "turned"),
            Call("Reshape", {}, ("turned", integers((-1, tokens, width))), "merged"),
            *self._projected("merged", "out_proj", "out"),
        )

    def _projected(self, source: str, weights: str, output: str) -> Spelling:
        turn = Call("Transpose", {"perm": (1, 0)}, (f"{weights}_weight",), f"{weights}_turned")
        product = Call("MatMul", {}, (source, f"{weights}_turned"), f"{weights}_product" if self.bias else output)
        add = Call("Add", {}, (f"{weights}_product", f"{weights}_bias"), output)
        return (turn, product, add) if self.bias else (turn, product)

    def torch(self, *inputs: Shape) -> Spelling:
        _, tokens, width = inputs[0]
        into = ("in", "in_proj_weight", *(["in_proj_bias"] if self.bias else []))
        out = ("merged", "out_proj_weight", *(["out_proj_bias"] if self.bias else []))
        selects = (
            Call("torch.select", {"dim": 0, "index": index}, ("heads",), name)
            for index, name in enumerate(("query", "key", "value"))
        )
        return (
            Call("nn.functional.linear", {}, into, "joint"),
            Call("torch.reshape", {"shape": (-1, tokens, 3, self.heads, width // self.heads)}, ("joint",), "split"),
            Call("torch.permute", {"dims": (2, 0, 3, 1, 4)}, ("split",), "heads"),
            *selects,
            Call("nn.functional.scaled_dot_product_attention", {}, ("query", "key", "value"), "mixed"),
            Call("torch.transpose", {"dim0": 1, "dim1": 2}, ("mixed",), "turned"),
            Call("torch.reshape", {"shape": (-1, tokens, width)}, ("turned",), "merged"),
            Call("nn.functional.linear", {}, out),
        )
