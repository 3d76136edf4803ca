"""Imports that take less: packages import their parts when somebody asks for them, as Python's own lazy imports do from
3.15 on, a module is imported when one of its functions is called, and the CDK's source is not read for comments.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any


def delay(*packages: str) -> None:
    """Lets these packages import their parts late, from now on.

    A package's `__init__` often imports everything that the package has, so that it can be had from one place. Whoever
    needs one part then waits for all of them. With this, each `from .part import name` of the `__init__` is executed
    when somebody asks the package for `name`; all its other statements are executed at once, as ever. Parts are then
    imported in another order than usual, and there may be some that need each other in the usual one: see `undo`.

    Args:
        packages: their full names. One that is imported already, or that is not made of source files, stays as it is.
    """
    sys.meta_path.insert(0, _Finder(packages))


def delay_until_called(module: str, functions: Collection[str]) -> None:
    """Lets a module be executed when one of these functions is called, or when somebody asks for another name of it.

    Whoever imports a function by its name waits for all that its module needs, though nobody may ever call it.

    Args:
        module: its full name. One that is imported already, or that is not a source file, stays as it is.
        functions: of the module; no classes, since nobody could inherit from them.
    """
    sys.meta_path.insert(0, _Finder((), {module: functions}))


def leave_sources_unread() -> None:
    """Keeps the CDK's serializers from parsing its source for comments, from now on.

    That is a quarter of start-up, for descriptions in JSON schemas that nobody asks for.
    """
    with contextlib.suppress(ImportError):
        import attributes_doc

        attributes_doc.get_attributes_doc = lambda cls: {}


def undo() -> None:
    """Forgets what `delay` said and the packages with their parts; from now on they are imported in the usual way."""
    for finder in [finder for finder in sys.meta_path if isinstance(finder, _Finder)]:
        sys.meta_path.remove(finder)
        for name in list(sys.modules):
            if any(f"{name}.".startswith(f"{package}.") for package in (*finder.packages, *finder.functions)):
                del sys.modules[name]


class _Finder:
    """Finds these packages and modules where Python finds them, but has them loaded late.

    Args:
        packages: whose parts are imported late.
        functions: module -> functions that execute it when they are called.
    """

    def __init__(
        self, packages: Collection[str], functions: Mapping[str, Collection[str]] = MappingProxyType({})
    ) -> None:
        self.packages = packages
        self.functions = functions

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Called by Python's import."""
        if name not in self.packages and name not in self.functions:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            if name in self.functions:
                spec.loader = _ModuleLoader(name, spec.loader.path, self.functions[name])
            elif spec.submodule_search_locations:
                spec.loader = _PackageLoader(name, spec.loader.path)
        return spec


class _ModuleLoader(SourceFileLoader):
    def __init__(self, name: str, path: str, functions: Collection[str]) -> None:
        super().__init__(name, path)
        self._functions = functions

    def exec_module(self, module: ModuleType) -> None:
        """Called by Python's import."""
        lock = threading.RLock()

        def executed(name: str) -> Any:
            if name.startswith("__"):
                # Python asks for `__path__` at each import
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            with lock:
                if "__getattr__" in module.__dict__:
                    self._execute(module, late)
            return getattr(module, name)

        late = {function: _late_function(function, executed) for function in self._functions}
        late["__getattr__"] = executed
        module.__dict__.update(late)

    def _execute(self, module: ModuleType, late: Mapping[str, Any]) -> None:
        for name in late:
            del module.__dict__[name]
        try:
            super().exec_module(module)
        except BaseException:
            module.__dict__.update(late)
            raise


def _late_function(name: str, executed: Callable[[str], Any]) -> Callable[..., Any]:
    def late(*args: Any, **kwargs: Any) -> Any:
        return executed(name)(*args, **kwargs)

    return late


class _PackageLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        """Called by Python's import."""
        late: dict[str, ast.stmt] = {}
        own: list[ast.stmt] = []
        for statement in ast.parse(self.get_data(self.path), self.path).body:
            if isinstance(statement, ast.ImportFrom) and statement.level == 1 and statement.module:
                late.update({name.asname or name.name: statement for name in statement.names})
            else:
                own.append(statement)
        # Python asks only for names that a package lacks: not for one that its own statements use or give, and not for
        # one that a part has too, which belongs to the package once the part is imported
        if late.keys() & {"*", *_names(own), *_parts(self.path)}:
            super().exec_module(module)
            return
        module.__dict__["__getattr__"] = _getattr(module, late, self.path)
        _execute(own, module, self.path)


def _names(statements: list[ast.stmt]) -> Iterator[str]:
    """All names that statements use or give."""
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]


def _parts(path: str) -> Iterator[str]:
    """Names of the modules and packages that lie beside a package's `__init__`."""
    for entry in Path(path).parent.iterdir():
        yield entry.name.partition(".")[0]


def _getattr(module: ModuleType, late: Mapping[str, ast.stmt], path: str) -> Callable[[str], Any]:
    """The package's `__getattr__`: executes in the package the statement that brings the name."""

    def found(name: str) -> Any:
        if name not in late:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        _execute([late[name]], module, path)
        return module.__dict__[name]

    return found


def _execute(statements: list[ast.stmt], module: ModuleType, path: str) -> None:
    code = compile(ast.Module(statements, []), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - the package's own source
