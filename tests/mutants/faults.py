"""The faults that can be put into a module: one changed operator, number, condition or statement each.

Not touched are docstrings, annotations, decorators, ``__all__``, texts, assertions and what only type
checkers read: no test could tell the difference, or none should.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Fault", "faults_of"]

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_PAIRS = (
    ("min", "max"),
    ("minimum", "maximum"),
    ("fmin", "fmax"),
    ("any", "all"),
    ("ceil", "floor"),
    ("argmin", "argmax"),
)
SWAPPED = {b: a for a, b in _PAIRS} | dict(_PAIRS) | {"sum": "max", "mean": "max"}
GONE = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)
"""Statements that may be left out; assignments too, where the target holds a value already."""


@dataclass(frozen=True, eq=False)
class Fault:
    """One change of a module.

    `line` and `text`: where it is, and what stands there; `change`: what is done to it, with a number
    where a line has several alike.
    """

    line: int
    text: str
    change: str
    _source: str
    _at: int

    @property
    def tree(self) -> ast.Module:
        """The changed module."""
        tree = ast.parse(self._source)
        _, change = list(_changes(tree))[self._at]
        change.make()
        return ast.fix_missing_locations(tree)


@dataclass(frozen=True, eq=False)
class _Change:
    what: str
    make: Callable[[], None]


def faults_of(source: str) -> list[Fault]:
    """List every fault of a module, in the order of its lines."""
    lines, seen = source.splitlines(), Counter[tuple[int, str]]()
    found = []
    for i, (node, change) in enumerate(_changes(ast.parse(source))):
        at = node.lineno, change.what
        seen[at] += 1
        what = change.what if seen[at] == 1 else f"{change.what} ({seen[at]})"
        found.append(Fault(node.lineno, lines[node.lineno - 1].strip(), what, source, i))
    return sorted(found, key=lambda fault: fault.line)


def _changes(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, _Change]]:
    for node, parent, field, index in _nodes(tree):
        for what, new in _instead(node, parent):
            yield node, _Change(what, _put(parent, field, index, new))


def _put(parent: ast.AST, field: str, index: int | None, new: ast.AST) -> Callable[[], None]:
    def make() -> None:
        if index is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[index] = new

    return make


Place = tuple[ast.expr | ast.stmt, ast.AST, str, int | None]


def _nodes(parent: ast.AST) -> Iterator[Place]:
    """Walk over what may be changed: a node, and where it hangs."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "format_spec", "type_params"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _left_alone(node):
                continue
            if isinstance(node, ast.expr | ast.stmt):
                yield node, parent, field, index
            yield from _nodes(node)


def _left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant()):  # docstrings, and the bodies of protocols
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _instead(node: ast.AST, parent: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Give what may stand in the place of a node."""
    if isinstance(parent, ast.Call) and node is parent.func:
        yield from _another_function(node)
    match node:
        case ast.Compare():
            yield from _otherwise_compared(node)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COMPUTED:
            new = copy.deepcopy(node)
            new.op = COMPUTED[type(op)]()
            yield f"{_sign(op)} becomes {_sign(new.op)}", new
        case ast.BoolOp(op=op):
            new = copy.deepcopy(node)
            new.op = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"{_sign(op)} becomes {_sign(new.op)}", new
        case ast.UnaryOp(op=op, operand=operand):
            yield f"{_sign(op)} is dropped", copy.deepcopy(operand)
        case ast.Constant(value=value):
            if (other := _other_constant(value)) is not None:
                yield f"{value!r} becomes {other!r}", ast.Constant(other)
        case ast.IfExp() | ast.If() | ast.While() if not _one_comparison(node.test):
            new = copy.deepcopy(node)
            new.test = ast.UnaryOp(ast.Not(), new.test)
            yield "the condition is turned round", new
        case ast.Return(value=ast.expr()):
            yield "nothing is returned", ast.Return(ast.Constant(None))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _unfiltered(node)
    if isinstance(node, GONE) or (isinstance(node, ast.Assign) and _holds_already(node)):
        yield "the statement is left out", ast.Pass()


def _otherwise_compared(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for i, op in enumerate(node.ops):
        for other in COMPARED[type(op)]:
            new = copy.deepcopy(node)
            new.ops[i] = other()
            yield f"{_sign(op)} becomes {_sign(other())}", new


def _another_function(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Name(id="sorted"):
            # takes the same words, and sorts nothing
            stand_in = ast.parse("lambda found, **_: list(found)", mode="eval").body
            yield "sorted becomes list", stand_in
        case ast.Name(id=name) if name in SWAPPED:
            yield f"{name} becomes {SWAPPED[name]}", ast.Name(SWAPPED[name], ast.Load())
        case ast.Attribute(attr=name) if name in SWAPPED:
            new = copy.deepcopy(node)
            new.attr = SWAPPED[name]
            yield f".{name} becomes .{SWAPPED[name]}", new


def _unfiltered(
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
) -> Iterator[tuple[str, ast.AST]]:
    for i, part in enumerate(node.generators):
        for j in range(len(part.ifs)):
            new = copy.deepcopy(node)
            del new.generators[i].ifs[j]
            yield "the filter is left out", new


def _one_comparison(test: ast.expr) -> bool:
    """Whether turning a condition round is a fault that its operator has already."""
    return isinstance(test, ast.UnaryOp) or (isinstance(test, ast.Compare) and len(test.ops) == 1)


def _holds_already(node: ast.Assign) -> bool:
    """Whether the target of an assignment is a part of something, or stands in its own value."""
    used = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    targets = [
        t for top in node.targets for t in (top.elts if isinstance(top, ast.Tuple) else [top])
    ]
    return all(
        isinstance(t, ast.Subscript | ast.Attribute) or (isinstance(t, ast.Name) and t.id in used)
        for t in targets
    )


def _other_constant(value: object) -> bool | int | float | None:
    match value:
        case bool():
            return not value
        case int():
            return 1 - value if value in (0, 1) else value + 1
        case float():
            return value * 2.0 if value else 1.0
    return None


def _sign(op: ast.AST) -> str:
    """Give an operator as it is written."""
    a, b = ast.Name("a", ast.Load()), ast.Name("b", ast.Load())
    match op:
        case ast.cmpop():
            text = ast.unparse(ast.Compare(a, [op], [b]))
        case ast.boolop():
            text = ast.unparse(ast.BoolOp(op, [a, b]))
        case ast.unaryop():
            text = ast.unparse(ast.UnaryOp(op, b))
        case ast.operator():
            text = ast.unparse(ast.BinOp(a, op, b))
        case _:
            raise TypeError(op)
    return text.strip("ab ").strip() if not isinstance(op, ast.And) else "and"
