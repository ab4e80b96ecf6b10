"""Which layers the models of a Keras text have, and how they are joined."""

import ast
import re
from collections.abc import Sequence

from cnnscope.errors import CellError, Fault
from cnnscope.graph import INPUT
from cnnscope.spec.drafts.draft import Draft, fault
from cnnscope.spec.drafts.keras.arguments import KNOWN, MERGES, POSITIONAL
from cnnscope.spec.drafts.keras.calls import check_call, makes_layers
from cnnscope.spec.drafts.keras.layers import Writer
from cnnscope.spec.drafts.keras.statements import CUT, Statement, Unknown, Value, called, cut, statements, value

_MODELS = ("Model", "Functional")
_MOST = 5_000
Names = dict[str, ast.expr]


class Models:
    """Reads statement by statement; sequential models are written at the end, functional ones as they come."""

    def __init__(self, draft: Draft) -> None:
        self.writer = Writer(draft)
        self.names: Names = {}
        self.partials: dict[str, ast.Call] = {}
        self.chains: dict[str, list[tuple[ast.expr, Names]]] = {}
        self.tensors: dict[str, str] = {}
        self.functions: dict[str, list[Statement]] = {}
        """Functions with arguments that make layers; where nothing else does, the whole model is in one."""
        self.held: dict[str, int] = {}
        """The lines of layers that have a name, until a model takes them."""
        self.faults: list[Fault] = []
        self.count = 0

    def run(self, lines: Sequence[str]) -> None:
        """Read a text; what is wrong with its lines is in `faults`, CellError for what is wrong with the whole."""
        found = statements(lines)
        if line := cut(found, makes_layers):
            self.faults.append(Fault(line, "", *CUT))
            return
        self._all(found)
        if not self.faults and not self.writer.draft.lines and not any(self.chains.values()):
            for body in [*self.functions.values()][:1]:
                self._all(body)
        if not self.faults:
            self._finish()

    def _finish(self) -> None:
        """Write the sequential model, where the code has no other."""
        if not self.writer.draft.lines:
            self._sequential()
        for name, line in self.held.items():
            hint = "write x = name(x), or model.add(name)"
            self.faults.append(Fault(line, "", f"no model takes the layer `{name[:40]}`", hint))

    def _sequential(self) -> None:
        inside = {node.id for items in self.chains.values() for node, _ in items if isinstance(node, ast.Name)}
        found = [name for name, items in self.chains.items() if items and name not in inside]
        if not found:
            raise CellError(
                "no model of layers in this code", "write Sequential([...]), model.add(...) or x = Dense(10)(x)"
            )
        if len(found) > 1:
            raise CellError(f"{len(found)} models in one text: {', '.join(found)[:60]}", "leave one of them")
        self._chain(found[0], "in")

    def _all(self, found: Sequence[Statement]) -> None:
        for statement in found:
            self.count += 1
            if self.count > _MOST:
                self.faults = self.faults or [
                    Fault(statement.line, "", f"more than {_MOST:,} lines of code", "loops count too")
                ]
                return
            try:
                self._one(statement)
            except CellError as error:
                self.faults.append(fault(statement.line, "", error))

    def _one(self, statement: Statement) -> None:
        tree = statement.tree
        if statement.head:
            self._block(statement)
        elif tree is None:
            if makes_layers(statement) or re.search(r"\.add\(|Sequential\(", statement.text):
                raise CellError(
                    f"`{' '.join(statement.text.split())[:40]}` is not understood",
                    "check its brackets, commas and quotes",
                )
        elif isinstance(tree, ast.Assign) and len(tree.targets) == 1:
            self._assign(tree.targets[0], tree.value)
        elif isinstance(tree, ast.AnnAssign | ast.AugAssign) and tree.value and not makes_layers(statement):
            self.names.pop(getattr(tree.target, "id", ""), None)
        elif isinstance(tree, ast.Return | ast.Expr) and tree.value:
            self._expression(tree.value)

    def _block(self, statement: Statement) -> None:
        head, makes = statement.head, any(map(makes_layers, statement.body))
        function = re.match(r"def\s+(\w+)\s*\(\s*\w", statement.text)
        if function and makes and "self" not in statement.text:
            self.functions[function[1]] = statement.body
        elif head in ("def", "class", "with"):
            self._all(statement.body)
        elif head == "for":
            self._loop(statement)
        elif makes:
            raise CellError(f"`{head}` decides about layers", "write the layers that it chooses, without it")

    def _loop(self, statement: Statement) -> None:
        """A loop over numbers, written out."""
        if not any(makes_layers(each) for each in statement.body):
            return
        try:
            tree = ast.parse(f"{statement.text} pass").body[0]
        except SyntaxError:
            tree = ast.Pass()
        values = self._values(tree.iter) if isinstance(tree, ast.For) and isinstance(tree.target, ast.Name) else None
        if values is None or not isinstance(tree, ast.For):
            raise CellError("a loop over what the code does not say", "write its layers out")
        for each in values[:_MOST]:
            self.names[tree.target.id] = each  # type: ignore[attr-defined]
            self._all(statement.body)

    def _values(self, node: ast.expr) -> list[ast.expr] | None:
        node = self.names.get(node.id, node) if isinstance(node, ast.Name) else node
        if isinstance(node, ast.List | ast.Tuple):
            return [*node.elts]
        if isinstance(node, ast.Call) and called(node) == "range":
            ends = [value(each, self.names) for each in node.args]
            whole = [end for end in ends if isinstance(end, int) and abs(end) <= _MOST]
            if ends and len(whole) == len(ends) <= 3 and (len(whole) < 3 or whole[2]):
                return [ast.Constant(number) for number in range(*whole)]
        return None

    def _assign(self, target: ast.expr, given: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(given, ast.Tuple) and len(target.elts) == len(given.elts):
            for left, right in zip(target.elts, given.elts, strict=True):
                self._assign(left, right)
            return
        name = target.id if isinstance(target, ast.Name) else ast.unparse(target)[:40]
        kind = called(given)
        if kind == "Sequential":
            self.chains[name] = self._items(given)
        elif kind == "partial" and isinstance(given, ast.Call) and given.args:
            self.partials[name] = given
        elif kind in _MODELS:
            return
        elif self._is_tensor(given):
            try:
                self.tensors[name] = self._tensor(given)
            except CellError:
                # Later lines that use the name are not at fault.
                self.tensors.setdefault(name, INPUT)
                raise
        else:
            self.tensors.pop(name, None)
            self.names[name] = given
            if kind in KNOWN:
                self.held[name] = given.lineno

    def _expression(self, node: ast.expr) -> None:
        if called(node) == "Sequential":
            self.chains[f"line {node.lineno}"] = self._items(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add":
            owner = ast.unparse(node.func.value)[:40]
            if len(node.args) == 1 and not isinstance(node.args[0], ast.List | ast.Tuple):
                self.chains.setdefault(owner, []).append((node.args[0], {**self.names}))
        elif self._is_tensor(node):
            self._tensor(node)
        elif any(called(each) in KNOWN for each in ast.walk(node)):
            raise CellError(
                f"`{ast.unparse(node)[:40]}` makes a layer that no model takes", "write model.add(Dense(10))"
            )

    def _items(self, model: ast.expr) -> list[tuple[ast.expr, Names]]:
        """The layers of Sequential([...])."""
        assert isinstance(model, ast.Call)
        given = [*model.args, *(each.value for each in model.keywords if each.arg == "layers")]
        if not given:
            return []
        listed = self.names.get(given[0].id, given[0]) if isinstance(given[0], ast.Name) else given[0]
        if not isinstance(listed, ast.List | ast.Tuple):
            raise CellError(f"`{ast.unparse(listed)[:40]}` is no list of layers", "write Sequential([Dense(10)])")
        return [(each, {**self.names}) for each in listed.elts]

    def _chain(self, name: str, source: str) -> str:
        """Write the layers of a sequential model behind `source`; returns the last row."""
        items, self.chains[name] = self.chains[name], []
        kept, listed = self.names, [*items]
        for node, names in listed:
            self.names = names
            try:
                source = self._item(node, source)
            except CellError as error:
                self.faults.append(fault(node.lineno, "", error))
        self.names, self.chains[name] = kept, items
        return source

    def _item(self, node: ast.expr, source: str) -> str:
        if called(node) == "Sequential":
            for inner, names in self._items(node):
                self.names = names
                source = self._item(inner, source)
            return source
        if isinstance(node, ast.Name) and isinstance(self.names.get(node.id), ast.Call):
            self.held.pop(node.id, None)
            node = self.names[node.id]
        if isinstance(node, ast.Name) and self.chains.get(node.id):
            return self._chain(node.id, source)
        if not isinstance(node, ast.Call):
            raise CellError(f"`{ast.unparse(node)[:40]}` is not in this text", "write its layers in its place")
        return self._layer(node, [source])

    def _layer(self, call: ast.Call, sources: list[str]) -> str:
        name, arguments = self._arguments(call)
        try:
            return self.writer.layer(call.lineno, name, arguments, sources)
        except CellError as error:
            self.faults.append(fault(call.lineno, name, error))
            return sources[0]

    def _arguments(self, call: ast.Call) -> tuple[str, dict[str, Value]]:
        """The layer's name, and its arguments by theirs."""
        name, given = called(call), [*call.args]
        found: dict[str, Value] = {}
        if name in self.partials:
            partial = self.partials[name]
            name = called(ast.Call(partial.args[0], [], []))
            given = [*partial.args[1:], *given]
            found = {each.arg: self._value(each.value) for each in partial.keywords if each.arg}
        places = POSITIONAL.get(name, ())
        for index, node in enumerate(given):
            found[places[index] if index < len(places) else f"argument {index + 1}"] = self._value(node)
        found |= {each.arg: self._value(each.value) for each in call.keywords if each.arg}
        if name == "Conv2D" and len(given) == 3 and found["kernel_size"] == found["strides"]:
            why = "Keras 2 reads a third number as the stride, Keras 1 as the window's other side"
            if self.writer.draft.choices.take("third number", "stride", "window", why=why) == "window":
                found["strides"] = 1
        if any(each.arg is None for each in call.keywords):
            found["**"] = Unknown("**")
        return name, found

    def _value(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Call) and called(node) in KNOWN:
            # activation=LeakyReLU(0.1): a word with its number.
            own = [value(each, self.names) for each in (*node.args, *(word.value for word in node.keywords))]
            return (called(node), *own)
        return value(node, self.names)

    def _is_tensor(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.tensors
        if isinstance(node, ast.BinOp):
            return self._is_tensor(node.left) or self._is_tensor(node.right)
        if not isinstance(node, ast.Call):
            return False
        if called(node) == "Input" or isinstance(node.func, ast.Call):
            return True
        inner = [each for arg in node.args for each in (arg.elts if isinstance(arg, ast.List) else [arg])]
        return called(node) not in _MODELS and any(self._is_tensor(each) for each in inner)

    def _tensor(self, node: ast.expr) -> str:
        """Write what a tensor is made of; returns its row."""
        if isinstance(node, ast.Name) and node.id in self.tensors:
            return self.tensors[node.id]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
            merge = "Add" if isinstance(node.op, ast.Add) else "Multiply"
            return self.writer.layer(node.lineno, merge, {}, [self._tensor(node.left), self._tensor(node.right)])
        if not isinstance(node, ast.Call):
            raise CellError(f"`{ast.unparse(node)[:40]}` is not understood", "write x = Conv2D(16, 3)(x)")
        if called(node) == "Input":
            if "in" in self.tensors.values():
                raise CellError("a second Input", "a network has one input")
            self.writer.layer(node.lineno, *self._arguments(node), [])
            return "in"
        check_call(node)
        behind = node.args[:1]
        sources = [
            self._tensor(each)
            for each in (behind[0].elts if behind and isinstance(behind[0], ast.List | ast.Tuple) else behind)
        ]
        if isinstance(node.func, ast.Call):
            return self._layer(node.func, sources)
        name = called(node)
        if name.capitalize() in MERGES and len(sources) > 1:
            return self.writer.layer(node.lineno, name.capitalize(), {}, sources)
        if self.chains.get(name) and len(sources) == 1:
            return self._chain(name, sources[0])
        held = self.names.get(name)
        if isinstance(held, ast.Call) and len(sources) == 1:
            self.held.pop(name, None)
            return self._layer(held, sources)
        what = "is a function of layers" if name in self.functions else "is not in this text"
        raise CellError(f"`{name[:40]}` {what}", "write its layers in its place")
