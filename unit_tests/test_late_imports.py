"""Packages whose parts are imported late are the same packages: same names, same objects, same errors."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from source_netvisor import late_imports

Files = dict[str, str]
PACKAGE = "late_package"
PART = "class Thing:\n    pass\n\n\nthing = Thing()\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Files], None]]:
    """Writes a package, whose parts are imported late from then on."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))

    def write(files: Files) -> None:
        for name, text in files.items():
            file = tmp_path / PACKAGE / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        late_imports.delay(PACKAGE)

    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def imported() -> set[str]:
    """Parts of the package that are imported."""
    return {name.partition(".")[2] for name in sys.modules if name.startswith(f"{PACKAGE}.")}


def run(statement: str) -> dict[str, Any]:
    """The names that an import gives."""
    names: dict[str, Any] = {}
    exec(statement, names)
    return names


def test_a_part_is_imported_when_its_name_is_asked_for(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "'''Text.'''\nfrom .part import thing\nfrom .other import thing as another\nown = 1\n",
             "part.py": PART, "other.py": PART})  # fmt: skip
    found = importlib.import_module(PACKAGE)
    assert (found.own, found.__doc__, imported()) == (1, "Text.", set())
    assert run(f"from {PACKAGE} import thing")["thing"] is sys.modules[f"{PACKAGE}.part"].thing
    assert imported() == {"part"}
    assert found.another is sys.modules[f"{PACKAGE}.other"].thing
    assert found.another is not found.thing


def test_a_part_is_imported_alone(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "from .other import Thing\n", "part.py": PART, "other.py": PART})
    assert run(f"import {PACKAGE}.part")[PACKAGE].part.thing
    assert run(f"from {PACKAGE} import part")["part"] is sys.modules[f"{PACKAGE}.part"]
    assert imported() == {"part"}


def test_its_own_statements_are_executed_at_once(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "import sys\nfrom .part import thing\nsys.late_package_was_here = True\n", "part.py": PART})
    importlib.import_module(PACKAGE)
    assert sys.__dict__.pop("late_package_was_here")
    assert imported() == set()


def test_all_names_at_once(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "from .part import Thing, thing\n__all__ = ['thing', 'Thing']\n", "part.py": PART})
    assert {"thing", "Thing"} <= run(f"from {PACKAGE} import *").keys()


def test_a_package_within_a_part(package: Callable[[Files], None]) -> None:
    """`from .inner import leaf` brings a module that nobody has imported yet."""
    package({"__init__.py": "from .inner import leaf\n", "inner/__init__.py": "", "inner/leaf.py": PART})
    assert importlib.import_module(PACKAGE).leaf is sys.modules[f"{PACKAGE}.inner.leaf"]


@pytest.mark.parametrize(
    "text",
    [
        "from .part import Thing\nmine = Thing()\n",
        "from .part import Thing\n\n\ndef make():\n    return Thing()\n",
        "from .part import Thing\n\n\nclass Mine(Thing):\n    pass\n",
        "from .part import thing\nfrom .part import Thing as thing2\nimport sys as thing\n",
        "from .part import thing\n\n\ndef thing():\n    pass\n",
        "from .part import *\n",
        "from .part import Thing as other\n",
        "try:\n    from .part import Thing\nexcept ImportError:\n    Thing = None\n",
        "from . import part\n",
    ],
    ids=[
        "used", "used later", "a base class", "given twice", "defined again", "a star", "named like another part",
        "under a condition", "a module",
    ],
)  # fmt: skip
def test_where_late_would_be_otherwise_it_is_at_once(package: Callable[[Files], None], text: str) -> None:
    package({"__init__.py": text, "part.py": PART, "other.py": "raise ImportError\n"})
    found = importlib.import_module(PACKAGE)
    assert imported() == {"part"}
    ordinary: dict[str, Any] = {"__name__": PACKAGE, "__package__": PACKAGE, "__path__": found.__path__}
    exec(text, ordinary)
    same = ordinary.keys() - {"__builtins__", "mine", "make", "Mine", "thing"} - {"__name__", "__package__", "__path__"}
    assert all(found.__dict__[name] is ordinary[name] for name in same)
    assert type(found.__dict__.get("thing")) is type(ordinary.get("thing", found.__dict__.get("thing")))
    if "make" in ordinary:
        assert type(found.make()) is sys.modules[f"{PACKAGE}.part"].Thing


def test_errors_are_the_ordinary_ones(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "from .part import thing\nfrom .bad import worse\n", "part.py": "",
             "bad.py": "import does_not_exist_anywhere\n"})  # fmt: skip
    found = importlib.import_module(PACKAGE)
    with pytest.raises(AttributeError, match=f"module '{PACKAGE}' has no attribute 'nothing'"):
        _ = found.nothing
    with pytest.raises(ImportError, match=f"cannot import name 'nothing' from '{PACKAGE}'"):
        run(f"from {PACKAGE} import nothing")
    for _ in range(2):
        with pytest.raises(ImportError, match=f"cannot import name 'thing' from '{PACKAGE}.part'"):
            run(f"from {PACKAGE} import thing")
        with pytest.raises(ModuleNotFoundError, match="No module named 'does_not_exist_anywhere'"):
            _ = found.worse


def test_a_package_that_cannot_be_imported(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "import does_not_exist_anywhere\nfrom .part import thing\n", "part.py": PART})
    with pytest.raises(ModuleNotFoundError, match="No module named 'does_not_exist_anywhere'"):
        importlib.import_module(PACKAGE)
    assert PACKAGE not in sys.modules
    package({"__init__.py": "from .part import\n"})
    with pytest.raises(SyntaxError):
        importlib.import_module(PACKAGE)
    assert PACKAGE not in sys.modules


def test_a_package_that_does_not_exist(package: Callable[[Files], None]) -> None:
    package({})
    with pytest.raises(ModuleNotFoundError, match=f"No module named '{PACKAGE}'"):
        importlib.import_module(PACKAGE)


def test_a_package_that_is_imported_already_stays_as_it_is(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "from .part import Thing\nmine = Thing()\n", "part.py": PART})
    found = importlib.import_module(PACKAGE)
    late_imports.delay(PACKAGE)
    assert importlib.import_module(PACKAGE) is found


def test_parts_that_need_each_other_in_the_usual_order(package: Callable[[Files], None]) -> None:
    package(
        {
            "__init__.py": "from .part import Thing\nfrom .other import Other\n",
            "part.py": f"from .other import Other\n{PART}",
            "other.py": "from . import part\nOther = int\n",
        }
    )
    with pytest.raises(ImportError, match="partially initialized"):
        importlib.import_module(f"{PACKAGE}.other")
    assert PACKAGE in sys.modules
    late_imports.undo()
    assert PACKAGE not in sys.modules and not imported()
    assert importlib.import_module(f"{PACKAGE}.other").Other is int
    assert vars(sys.modules[PACKAGE]).keys() >= {"Thing", "Other"}, "imported in the usual way"


def test_threads_get_the_same_object(package: Callable[[Files], None]) -> None:
    package({"__init__.py": "from .part import thing\n", "part.py": "import time\ntime.sleep(0.2)\n" + PART})
    found = importlib.import_module(PACKAGE)
    things: list[Any] = []
    threads = [threading.Thread(target=lambda: things.append(found.thing)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(things) == 8
    assert {id(one) for one in things} == {id(sys.modules[f"{PACKAGE}.part"].thing)}


FUNCTIONS = """
import sys
sys.modules["late_package.executed"] = sys
def double(n, *, by=2):
    return n * by
other = 7
"""


def delayed(package: Callable[[Files], None], text: str) -> None:
    """A module whose function `double` is imported by its name."""
    package({"__init__.py": "", "part.py": text})
    late_imports.delay_until_called(f"{PACKAGE}.part", ["double"])


def test_a_module_is_executed_when_a_function_is_called(package: Callable[[Files], None]) -> None:
    delayed(package, FUNCTIONS)
    double = run(f"from {PACKAGE}.part import double")["double"]
    assert imported() == {"part"}
    assert [double(4), double(4, by=3)] == [8, 12]
    assert imported() == {"part", "executed"}
    found = sys.modules[f"{PACKAGE}.part"]
    assert found.double is not double and found.double.__name__ == "double"


def test_a_module_is_executed_when_another_name_is_asked_for(package: Callable[[Files], None]) -> None:
    delayed(package, FUNCTIONS)
    assert run(f"from {PACKAGE}.part import double, other")["other"] == 7
    assert imported() == {"part", "executed"}
    with pytest.raises(ImportError, match=f"cannot import name 'nothing' from '{PACKAGE}.part'"):
        run(f"from {PACKAGE}.part import nothing")


def test_a_module_that_cannot_be_executed_says_so_each_time(package: Callable[[Files], None]) -> None:
    delayed(package, "import does_not_exist_anywhere\n")
    double = run(f"from {PACKAGE}.part import double")["double"]
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match="No module named 'does_not_exist_anywhere'"):
            double(4)


def test_threads_execute_a_module_once(package: Callable[[Files], None]) -> None:
    delayed(package, "import sys, time\ntimes = sys.modules.setdefault('late_package.times', [])\ntimes.append(1)\n"
                     "time.sleep(0.2)\n\n\ndef double(n):\n    return n * 2\n")  # fmt: skip
    double = run(f"from {PACKAGE}.part import double")["double"]
    doubled: list[int] = []
    threads = [threading.Thread(target=lambda: doubled.append(double(4))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert doubled == [8] * 8
    times: Any = sys.modules[f"{PACKAGE}.times"]
    assert times == [1]


def test_what_was_delayed_is_undone(package: Callable[[Files], None]) -> None:
    delayed(package, FUNCTIONS)
    run(f"from {PACKAGE}.part import double")
    late_imports.undo()
    assert run(f"from {PACKAGE}.part import double")["double"].__module__ == f"{PACKAGE}.part"
    assert imported() == {"part", "executed"}


OF_THE_CDK = """
import importlib.util, sys
from source_netvisor import late_imports
names = ("airbyte_cdk", "airbyte_cdk.sources")
late_imports.delay(*names)
import airbyte_cdk.sources, dpath.options
assert dpath.options.ALLOW_EMPTY_STRING_KEYS
assert "airbyte_cdk.sources.abstract_source" not in sys.modules, "nothing is late"
assert "airbyte_cdk.destinations" not in sys.modules, "nothing is late"
for name in names:
    late = sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, late.__file__, submodule_search_locations=late.__path__)
    ordinary = importlib.util.module_from_spec(spec)
    lacking = [one for one in ("Source", "AirbyteEntrypoint") if one not in vars(late)]
    spec.loader.exec_module(ordinary)
    public = [one for one in vars(ordinary) if not one.startswith("__")] + ["__all__", "__doc__"]
    assert len(public) > 3 and lacking
    for one in public:
        mine, right = getattr(late, one), getattr(ordinary, one)
        assert mine is right or one in ("__all__", "__doc__") and mine == right, f"{name}.{one}"
    assert getattr(late, "__version__", 0) == getattr(ordinary, "__version__", 0)
print("the same")
"""
OF_THE_CONSOLE_SCRIPT = """
import inspect, sys
from source_netvisor import late_imports, run
given = {}
late = late_imports.delay_until_called
late_imports.delay_until_called = lambda module, functions: late(module, given.setdefault(module, functions))
run._import_parts_of_the_cdk()
import source_netvisor.entrypoint
assert not {"pydantic", "jsonschema"} & sys.modules.keys(), "they are imported"
late_imports.undo()
for module, functions in given.items():
    assert all(inspect.isfunction(vars(__import__(module, fromlist=["*"]))[one]) for one in functions)
print(len(given))
"""


def test_the_cdk_has_the_same_names() -> None:
    done = subprocess.run([sys.executable, "-c", OF_THE_CDK], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "the same\n", done.stderr[-2000:]


def test_the_console_script_imports_no_validators() -> None:
    """And what it delays are functions, which are not what they seem while they wait."""
    command = [sys.executable, "-c", OF_THE_CONSOLE_SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "1\n", done.stderr[-2000:]
