"""Which definitions a notebook can reach: a function that changed concerns the reports that may call it, and no others.

What a call means is decided while it runs, so this goes by names, and counts rather too much than too little: a
definition is reached if something reached names it, in whatever way: called, handed on, looked up as an attribute
of anything, or spelled in a text of its own module. A class is reached whole. What a module does on its import
is always reached; so is all there is, once something reached looks names up that stand in no text.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from binnenstad.programme.folders import digest

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
# with these an assignment does more than it says
EFFECTS = (ast.Call, ast.NamedExpr)
# these keep nothing of what they are put on; any other may hand it to somebody
HARMLESS = {"cache", "lru_cache", "contextmanager", "dataclass"}
# with these a name can be made up, or all names be gone through
BLIND = {"globals", "locals", "vars", "__dict__", "eval", "exec", "attrgetter", "methodcaller"}
BLIND |= {"dir", "getmembers", "__subclasses__", "__init_subclass__"}
EVERYTHING = "*"
IMPORT = re.compile(r"^\s*((?:from|import) .*)$", re.M)
WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Unit:
    """A piece of a source: a definition with its ``names``, or, without any, what runs on import.

    ``own`` holds the names it uses that its module may define, ``any`` those that any module may, and ``modules``
    what it imports, a dot before it for each package up. ``alias`` says that it only makes a name of another
    module known in its own.
    """

    names: frozenset[str]
    text: str
    own: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    alias: bool = False


# a module, none for what is started from, and the number of a piece in it
Place = tuple[Path | None, int]
Named = defaultdict[tuple[Path | str | None, str], list[Place]]


def pieces_of(source: str) -> list[Unit]:
    """Return the pieces of a source, in order; one that is no Python is a single piece that uses all its words.

    >>> [sorted(unit.names) for unit in pieces_of("from a import b\\nMOST = 3\\ndef f(): return b.c(MOST)\\nprint(1)")]
    [['b'], ['MOST'], ['f'], []]
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        words = frozenset(WORD.findall(source))
        found = [_used(node)[2] for line in IMPORT.findall(source) for node in _parsed(line)]
        return [Unit(frozenset(), source, words, words, frozenset[str]().union(*found))]
    # other line ends than these are none to Python
    lines = re.split(r"\r\n|\r|\n", source)
    return [unit for under, node in _statements(body, "") for unit in _units(node, under, lines)]


def reached(modules: Mapping[Path, Sequence[Unit]], start: Sequence[Unit]) -> dict[Path, dict[str, str]]:
    """Return the digest of each definition of ``modules`` that the pieces of ``start`` can reach, by module and name.

    What a module does on its import stands under an empty name. Of ``start`` all counts, but for an import
    whose name it does not use.
    """
    everything = dict[Path | None, Sequence[Unit]]([(None, start), *modules.items()])
    named = _named(everything)
    todo = [place for place in named["", EVERYTHING] if _runs_by_itself(*place, everything)]
    seen: defaultdict[Path | None, set[int]] = defaultdict(set)
    while todo:
        module, number = todo.pop()
        if number not in seen[module]:
            seen[module].add(number)
            todo += _led_to(everything[module][number], module, named)
    return {module: _digests(units, seen[module]) for module, units in modules.items()}


def _named(everything: Mapping[Path | None, Sequence[Unit]]) -> Named:
    """Return the places of each name: under its module, and under an empty text for those of all modules."""
    found: Named = defaultdict(list)
    for module, units in everything.items():
        for number, unit in enumerate(units):
            for name in (*unit.names, EVERYTHING):
                found[module, name].append((module, number))
                found["", name].append((module, number))
    return found


def _led_to(unit: Unit, module: Path | None, named: Named) -> Iterator[Place]:
    for name in unit.any:
        yield from named.get(("", name), ())
    for name in unit.own:
        yield from named.get((module, name), ())


def _digests(units: Sequence[Unit], seen: Collection[int]) -> dict[str, str]:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for number in sorted(seen):
        for name in units[number].names or [""]:
            texts[name].append(units[number].text)
    return {name: digest("\0".join(parts).encode()) for name, parts in sorted(texts.items())}


def _runs_by_itself(module: Path | None, number: int, everything: Mapping[Path | None, Sequence[Unit]]) -> bool:
    unit = everything[module][number]
    # Python itself calls the __getattr__ of a module
    return not unit.names or "__getattr__" in unit.names or (module is None and not unit.alias)


def _parsed(line: str) -> list[ast.stmt]:
    try:
        return ast.parse(line).body
    except SyntaxError:
        return []


def _statements(body: Iterable[ast.stmt], under: str) -> Iterator[tuple[str, ast.stmt]]:
    """Give the statements of a module, each with the conditions under which it runs."""
    for node in body:
        if isinstance(node, ast.If):
            condition = f"{under}{ast.unparse(node.test)}"
            yield under, ast.copy_location(ast.Expr(node.test), node.test)
            yield from _statements(node.body, f"{condition}: ")
            yield from _statements(node.orelse, f"not {condition}: ")
        else:
            yield under, node


def _units(node: ast.stmt, under: str, lines: Sequence[str]) -> Iterator[Unit]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imports(node, under)
        return
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])
    text = under + "\n".join(lines[first - 1 : node.end_lineno])
    yield Unit(frozenset(_names(node)), text, *_used(node))


def _imports(node: ast.Import | ast.ImportFrom, under: str) -> Iterator[Unit]:
    modules = frozenset(_modules(node))
    for alias in node.names:
        known = (alias.asname or alias.name).partition(".")[0]
        text = f"{under}{sorted(_modules(node, alias))} {known}"
        if known == EVERYTHING:
            yield Unit(frozenset(), text, any=frozenset({EVERYTHING}), modules=modules)
        else:
            yield Unit(frozenset({known}), text, frozenset(), frozenset(_taken(node, alias)), modules, alias=True)


def _taken(node: ast.Import | ast.ImportFrom, *only: ast.alias) -> set[str]:
    """Return the names that an import takes out of modules."""
    return {alias.name for alias in only or node.names} if isinstance(node, ast.ImportFrom) else set()


def _modules(node: ast.Import | ast.ImportFrom, *only: ast.alias) -> set[str]:
    """Return all that may be a module in an import: of ``from a import b`` both ``a`` and ``a.b``."""
    names = {alias.name for alias in only or node.names}
    if isinstance(node, ast.Import):
        return names
    start = "." * node.level + (node.module or "")
    return {start, *(f"{start}.{name}" if node.module else f"{start}{name}" for name in names)}


def _names(node: ast.stmt) -> set[str]:
    """Return the names that a statement defines, if naming it is the only way to notice it."""
    if isinstance(node, DEFINITIONS):
        wrapped = {_last(decorator) for decorator in node.decorator_list}
        return {node.name} if wrapped <= HARMLESS and not _acts(node) else set()
    if isinstance(node, ASSIGNMENTS) and not any(isinstance(below, EFFECTS) for below in ast.walk(node)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        return set(names) if len(names) == len(targets) else set()
    return set()


def _acts(node: ast.stmt) -> bool:
    """Return whether a class does something on its import, beside defining what is in it."""
    body = node.body if isinstance(node, ast.ClassDef) else []
    return any(isinstance(part, ast.Expr) and not isinstance(part.value, ast.Constant) for part in body)


def _last(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _used(node: ast.stmt) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the names that a statement uses: of its own module, of any, and of modules."""
    own, any_, modules = set[str](), set[str](), set[str]()
    parts = list(ast.walk(node))
    for below in parts:
        if isinstance(below, ast.Name):
            own.add(below.id)
        elif isinstance(below, ast.Attribute):
            any_.add(below.attr)
        elif isinstance(below, ast.Import | ast.ImportFrom):
            modules |= _modules(below)
            any_ |= _taken(below)
        elif isinstance(below, ast.Call) and _last(below) == "getattr" and len(below.args) > 1:
            name = below.args[1]
            any_.add(str(name.value) if isinstance(name, ast.Constant) else EVERYTHING)
        elif isinstance(below, ast.FunctionDef) and below.name in BLIND:
            any_.add(EVERYTHING)
    blind = {EVERYTHING} if BLIND & (own | any_) else set()
    return frozenset(own | _spelled(parts)), frozenset(any_ | blind), frozenset(modules)


def _spelled(parts: Sequence[ast.AST]) -> set[str]:
    """Return the words in texts, but for those that are only said, as a docstring is."""
    said = {id(part.value) for part in parts if isinstance(part, ast.Expr)}
    constants = (part for part in parts if isinstance(part, ast.Constant) and id(part) not in said)
    return {word for part in constants if isinstance(part.value, str) for word in WORD.findall(part.value)}
