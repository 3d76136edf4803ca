"""Airbyte's description of its API, held against what goes over HTTP.

Used where the description is at hand: AIRBYTE_OPENAPI names the file. Elsewhere the official client's own models check
the answers, and the fake its requests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

from fake_airbyte.server import Exchange

_URI = "urn:airbyte-api"


class Contract:
    """The description, ready to be compared with.

    Args:
        path: of the OpenAPI 3.1 document.
    """

    def __init__(self, path: Path) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)
        self._registry = Registry([(_URI, self._document)], draft=Draft202012)
        self._paths = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in self._document["paths"]]
        self._validators: dict[tuple[str, ...], Draft202012Validator] = {}

    def complaints(self, exchange: Exchange) -> list[str]:
        """What the description does not allow."""
        call = exchange.call
        path = next((template for pattern, template in self._paths if pattern.fullmatch(call.path)), None)
        operation = self._document["paths"].get(path, {}).get(call.method.lower()) if path else None
        if path is None or operation is None:
            return [f"{call.method} {call.path} is not in the description"]
        where = f"{call.method} {path}"
        at = ("paths", path, call.method.lower())
        found = self._of_query(where, operation, call.query)
        if call.body is not None:
            found += self._of_body(f"{where} request", (*at, "requestBody"), operation.get("requestBody"), call.body)
        elif operation.get("requestBody", {}).get("required"):
            found.append(f"{where} has no body")
        return found + self._of_reply(where, at, operation, exchange)

    def _of_query(self, where: str, operation: Mapping[str, Any], query: Mapping[str, str]) -> list[str]:
        known = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
        found = [f"{where}: the parameter {name} is not described" for name in query if name not in known]
        missing = [name for name, each in known.items() if each.get("required") and name not in query]
        return found + [f"{where}: the parameter {name} is missing" for name in missing]

    def _of_reply(self, where: str, at: tuple[str, ...], operation: Mapping[str, Any], exchange: Exchange) -> list[str]:
        responses = operation["responses"]
        status = str(exchange.status)
        name = next((each for each in (status, f"{status[0]}XX") if each in responses), None)
        if name is None:
            # the description leaves most refusals out; a success must be described
            return [f"{where}: the status {status} is not described"] if exchange.status < 400 else []
        if exchange.status >= 400:
            return []
        return self._of_body(f"{where} {status}", (*at, "responses", name), responses[name], exchange.reply)

    def _of_body(self, where: str, at: tuple[str, ...], described: Any, body: Any) -> list[str]:
        if not described or "content" not in described:
            return []
        pointer = (*at, "content", "application/json", "schema")
        errors = self._validator(pointer).iter_errors(body)
        return [f"{where}: {'/'.join(map(str, error.instance_path))}: {error.message[:200]}" for error in errors]

    def _validator(self, pointer: tuple[str, ...]) -> Draft202012Validator:
        if pointer not in self._validators:
            escaped = "/".join(quote(part.replace("~", "~0").replace("/", "~1"), safe="~") for part in pointer)
            reference = {"$ref": f"{_URI}#/{escaped}"}
            self._validators[pointer] = Draft202012Validator(reference, registry=self._registry)
        return self._validators[pointer]
