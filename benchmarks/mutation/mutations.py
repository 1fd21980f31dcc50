"""Mutations of Python source: small changes of the kind that a slip makes, each of which a test should notice."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

OPPOSITE: dict[type[ast.AST], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.BitOr: "&", ast.BitAnd: "|"}
LOOKUPS = {"filter", "exclude", "get"}
QUIET = {"info", "warning", "error", "exception", "debug"}
"""Methods of loggers: what the log says isn't tested."""


@dataclass(frozen=True)
class Mutation:
    """Replace the source from `begin` to `end` (offsets in characters) by `text`. `line` is where it stands."""

    kind: str
    line: int
    begin: int
    end: int
    text: str

    def applied_to(self, source: str) -> str:
        return source[: self.begin] + self.text + source[self.end :]


def mutations_of(source: str) -> list[Mutation]:
    """Every mutation of the functions in this source, in order. Annotations, defaults and docstrings stay."""
    found = sorted(set(_Finder(source).found), key=lambda each: (each.begin, each.end, each.text))
    return [each for each in found if _compiles(each.applied_to(source))]


def _compiles(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder:
    def __init__(self, source: str) -> None:
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.lines = source.splitlines()
        self.found: list[Mutation] = []
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                self._decorators(node)
                for statement in node.body:
                    if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                        self._statement(statement)

    def _offset(self, line: int, column: int) -> int:
        """`column` counts UTF-8 bytes, as `ast` does."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.expr | ast.stmt) -> str:
        begin, end = self._span(node)
        return self.source[begin:end]

    def _add(self, kind: str, node: ast.expr | ast.stmt, text: str, *, line: int | None = None) -> None:
        self.found.append(Mutation(kind, line or node.lineno, *self._span(node), text))

    def _decorators(self, function: ast.FunctionDef) -> None:
        """A decorator runs at import, so that the first line of the body stands for it."""
        for each in function.decorator_list:
            if self._text(each) == "transaction.atomic":
                begin, end = self._span(each)
                self.found.append(
                    Mutation("atomic", _first_line(function), begin, end, "(lambda function: function)")
                )

    def _statement(self, statement: ast.stmt) -> None:
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                self._statement(child)
            elif isinstance(child, ast.expr) and child is not getattr(statement, "annotation", None):
                self._expression(child)
            elif isinstance(child, ast.ExceptHandler | ast.match_case | ast.withitem):
                for each in ast.walk(child):
                    if isinstance(each, ast.stmt):
                        self._statement(each)
        match statement:
            case ast.If(test=test) if not isinstance(test, ast.Compare):
                self._add("condition", test, f"(not ({self._text(test)}))")
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
                self._add("return", value, "None")
            case ast.Expr(value=ast.Call() as call) if not self._is_quiet(call) and not _is_on_commit(call):
                self._add("statement", statement, "pass")
            case ast.AugAssign() | ast.Raise():
                self._add("statement", statement, "pass")

    def _is_quiet(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Attribute) and call.func.attr in QUIET

    def _expression(self, expression: ast.expr) -> None:
        for node in ast.walk(expression):
            match node:
                case ast.Call(func=ast.Attribute(value=rows, attr="select_for_update")):
                    self._add("lock", node, self._text(rows), line=expression.lineno)
                case ast.Call(args=[done]) if _is_on_commit(node):
                    self._add("on_commit", node, "None")
                    self._add("on_commit", node, f"({self._text(done)})()")
                case ast.Call(func=ast.Attribute(attr=name), keywords=[*keywords]) if name in LOOKUPS:
                    self._lookup(node, keywords)
                case ast.Compare(left=left, ops=[operator], comparators=[right]) if (
                    type(operator) in OPPOSITE
                ):
                    opposite = OPPOSITE[type(operator)]
                    self._add("comparison", node, f"({self._text(left)} {opposite} {self._text(right)})")
                case ast.BoolOp(op=ast.And(), values=values):
                    self._add("boolean", node, f"({' or '.join(f'({self._text(each)})' for each in values)})")
                case ast.BoolOp(op=ast.Or(), values=values):
                    self._add(
                        "boolean", node, f"({' and '.join(f'({self._text(each)})' for each in values)})"
                    )
                case ast.UnaryOp(op=ast.Not(), operand=operand):
                    self._add("boolean", node, f"({self._text(operand)})")
                case ast.Constant(value=bool() as value):
                    self._add("constant", node, str(not value))
                case ast.Constant(value=int() as number):
                    self._add("constant", node, str(number + 1))
                case ast.BinOp(left=left, op=operation, right=right) if type(operation) in OPERATORS:
                    sign = OPERATORS[type(operation)]
                    self._add("operator", node, f"({self._text(left)} {sign} {self._text(right)})")

    def _lookup(self, call: ast.Call, keywords: Iterable[ast.keyword]) -> None:
        """Drop one condition of a query."""
        for keyword in keywords:
            kept = [
                *map(self._text, call.args),
                *(self._keyword(each) for each in keywords if each is not keyword),
            ]
            if kept or (isinstance(call.func, ast.Attribute) and call.func.attr == "filter"):
                self._add("query", call, f"{self._text(call.func)}({', '.join(kept)})")

    def _keyword(self, keyword: ast.keyword) -> str:
        return (
            f"{keyword.arg}={self._text(keyword.value)}" if keyword.arg else f"**{self._text(keyword.value)}"
        )


def _first_line(function: ast.FunctionDef) -> int:
    docstring = ast.get_docstring(function) is not None
    return function.body[min(int(docstring), len(function.body) - 1)].lineno


def _is_on_commit(call: ast.expr) -> bool:
    return (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "on_commit"
    )
