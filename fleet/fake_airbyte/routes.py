"""Which call does what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import connections, connector, things
from .refusal import Refusal, only
from .state import State

Checker = Callable[[Mapping[str, Any]], tuple[bool, str]]


@dataclass(frozen=True)
class Call:
    """A call that has signed in.

    Args:
        path: below the API's address.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


class Routes:
    """The API.

    Args:
        state: that is kept.
        checker: the connector's check, for the configuration API; None: this Airbyte has no configuration API.
    """

    def __init__(self, state: State, checker: Checker | None = None) -> None:
        self.state = state
        self._checker = checker
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = [
            ("GET", re.compile(r"/workspaces"), self._workspaces),
            ("GET", re.compile(r"/destinations"), self._destinations),
            ("GET", re.compile(r"/workspaces/([^/]+)/definitions/sources"), self._definitions),
            ("POST", re.compile(r"/workspaces/([^/]+)/definitions/sources"), self._make_definition),
            ("PUT", re.compile(r"/workspaces/([^/]+)/definitions/sources/([^/]+)"), self._retag),
            ("DELETE", re.compile(r"/workspaces/([^/]+)/definitions/sources/([^/]+)"), self._delete_definition),
            ("GET", re.compile(r"/sources"), self._sources),
            ("POST", re.compile(r"/sources"), lambda call: things.make_source(state, call.body)),
            ("PATCH", re.compile(r"/sources/([^/]+)"), lambda call, i: things.change_source(state, i, call.body)),
            ("DELETE", re.compile(r"/sources/([^/]+)"), lambda call, i: things.delete_source(state, i)),
            ("GET", re.compile(r"/streams"), self._streams),
            ("GET", re.compile(r"/connections"), self._connections),
            ("POST", re.compile(r"/connections"), lambda call: connections.make(state, call.body)),
            ("PATCH", re.compile(r"/connections/([^/]+)"), lambda call, i: connections.change(state, i, call.body)),
            ("DELETE", re.compile(r"/connections/([^/]+)"), lambda call, i: connections.delete(state, i)),
            ("GET", re.compile(r"/tags"), self._tags),
            ("POST", re.compile(r"/tags"), lambda call: things.make_tag(state, call.body)),
            ("GET", re.compile(r"/jobs"), lambda call: things.list_jobs(state, call.query)),
            ("POST", re.compile(r"/jobs"), lambda call: things.start_job(state, call.body)),
            ("GET", re.compile(r"/jobs/([0-9]+)"), lambda call, i: things.get_job(state, int(i))),
        ]

    def answer(self, call: Call) -> Any:
        """The answer to a call of the public API; None for an empty one.

        Raises:
            Refusal: any other answer than a success.
        """
        with self.state.lock:
            for method, pattern, handler in self._routes:
                found = pattern.fullmatch(call.path)
                if method == call.method and found:
                    return handler(call, *found.groups())
        raise Refusal(404, "There is no such call.")

    def configuration_answer(self, call: Call) -> Any:
        """The answer to a call of the configuration API."""
        if self._checker is None:
            raise Refusal(404, "There is no such call.")
        if (call.method, call.path) == ("POST", "/jobs/list"):
            with self.state.lock:
                return things.jobs_with_attempts(self.state, call.body)
        if (call.method, call.path) == ("POST", "/sources/check_connection"):
            source = self.state.sources.get(only(call.body, ("sourceId",))["sourceId"])
            if source is None:
                raise Refusal(404, "Not found")
            succeeded, message = self._checker(source["configuration"])
            return {"status": "succeeded" if succeeded else "failed", "message": message, "jobInfo": {}}
        raise Refusal(404, "There is no such call.")

    def _workspaces(self, call: Call) -> Any:
        row = {"workspaceId": self.state.workspace_id, "name": "Fake", "dataResidency": "auto", "notifications": {}}
        return things.page([row], call.query, ("workspaceIds",))

    def _destinations(self, call: Call) -> Any:
        names = {self.state.destination_id: "warehouse", **self.state.other_destinations}
        rows = [
            {"destinationId": identity, "name": name, "destinationType": "postgres", "definitionId": identity,
             "workspaceId": self.state.workspace_id, "configuration": {}, "createdAt": 0}
            for identity, name in names.items()
        ]  # fmt: skip
        return things.page(rows, call.query, ("workspaceIds",))

    def _definitions(self, call: Call, workspace_id: str) -> Any:
        self._own(workspace_id)
        return {"data": list(self.state.definitions.values())}

    def _make_definition(self, call: Call, workspace_id: str) -> Any:
        self._own(workspace_id)
        return things.make_definition(self.state, call.body)

    def _retag(self, call: Call, workspace_id: str, definition_id: str) -> Any:
        self._own(workspace_id)
        return things.retag_definition(self.state, definition_id, call.body)

    def _delete_definition(self, call: Call, workspace_id: str, definition_id: str) -> Any:
        self._own(workspace_id)
        row = dict(self.state.definitions.get(definition_id, {}))
        things.delete_definition(self.state, definition_id)
        return row

    def _sources(self, call: Call) -> Any:
        rows = [things.show_source(self.state, row) for row in self.state.sources.values()]
        return things.page(rows, call.query, ("workspaceIds", "includeDeleted"))

    def _streams(self, call: Call) -> Any:
        query = only(call.query, ("sourceId",), ("destinationId", "ignoreCache"))
        if query["sourceId"] not in self.state.sources:
            raise Refusal(404, "Not found")
        return connector.stream_properties(self.state.destination_modes)

    def _connections(self, call: Call) -> Any:
        rows = list(self.state.connections.values())
        return things.page(rows, call.query, ("workspaceIds", "includeDeleted", "tagIds"))

    def _tags(self, call: Call) -> Any:
        only(call.query, (), ("workspaceIds",))
        return {"data": list(self.state.tags.values())}

    def _own(self, workspace_id: str) -> None:
        if workspace_id != self.state.workspace_id:
            raise Refusal(403, "The workspace is another one.")
