"""Detail calls: one key or a list of keys, wrapped and refused as the assumptions say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..company.payroll import Employee
from ..resource import Reply, Request
from .markup import Node, listed, many, whole
from .windows import invalid


def asked_keys(request: Request, one: str, several: str) -> tuple[int, ...]:
    """The keys asked for, each once, in order of asking.

    Raises:
        Refusal: neither of the two parameters was sent, or both.
    """
    query = request.query
    if (one in query) == (several in query):
        raise invalid(f"Either {one} or {several} is required")
    return (query[one],) if one in query else tuple(dict.fromkeys(query[several]))


def details(
    request: Request,
    keys: tuple[int, ...],
    plural: str,
    singular: str,
    find: Callable[[int], Any],
    node: Callable[[Any], Node],
    refused: str | None = None,
    strict: bool = False,
) -> Reply:
    """The reply to a detail call.

    Args:
        request: the call.
        keys: the keys asked for.
        plural: the wrapper of several records.
        singular: the record's element.
        find: the document of a key, or None.
        node: a document as element.
        refused: how Netvisor refuses an unknown key that is the only one, where it is documented to; None: it
            answers as the assumption `unknown_key` says.
        strict: one unknown key refuses the whole call, whatever the assumption.
    """
    assumption = request.assumptions.unknown_key
    unknown = [key for key in keys if find(key) is None]
    alone = len(keys) == 1
    if unknown and (
        strict or assumption == "error_for_batch" or (alone and (assumption == "error" or refused is not None))
    ):
        raise invalid(f"{refused or singular + ' not found with Netvisor identifier:'} {unknown[0]}")

    def nodes() -> Iterator[Node]:
        for key in keys:
            document = find(key)
            if document is not None:
                yield node(document)
            elif assumption == "empty":
                yield many(singular, ())

    return enclosed(request, plural, nodes(), bare=alone)


def enclosed(request: Request, plural: str, nodes: Iterable[Node], bare: bool) -> Reply:
    """Records in their wrapper, or the single one without it (assumption `one_key`), where `bare` allows that."""
    if bare and request.assumptions.one_key == "bare":
        first = next(iter(nodes), None)
        return Reply(whole(request, first) if first else listed(request, plural, ()))
    return Reply(listed(request, plural, nodes))


def lines_in(request: Request, wrapper: str, lines: list[list[Node]]) -> list[Node]:
    """The lines of a document, each a run of elements, in one wrapper or in one each (assumption `line_wrappers`)."""
    if request.assumptions.line_wrappers == "each":
        return [many(wrapper, line) for line in lines]
    return [many(wrapper, [node for line in lines for node in line])]


def unknown(request: Request, element: str, key: int) -> Reply:
    """The reply to a key that there is not, as the assumption says."""
    assumption = request.assumptions.unknown_key
    if assumption in ("error", "error_for_batch"):
        raise invalid(f"{element} not found with Netvisor identifier: {key}")
    return Reply(whole(request, many(element, ())) if assumption == "empty" else ())


def find_employee(request: Request) -> Employee | None:
    """The employee of netvisorkey or employeenumber, or None."""
    query = request.query
    if "netvisorkey" in query:
        employee: Employee | None = request.company.employee_store.get(query["netvisorkey"])
        return employee
    number = str(query["employeenumber"])
    return next((one for one in request.company.employees() if one.number == number), None)
