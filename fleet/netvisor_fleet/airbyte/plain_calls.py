"""Calls for which the official client has no fitting model, made with its own machinery.

The client types a source's configuration as one of the 600 connectors it knows. That of any other connector is taken
for the nearest of them, and what that one does not have is dropped without a word: a Netvisor source would go out as a
DataScope one, without its Business ID. Importing those models takes seconds besides. So sources and destinations are
called here as plain JSON, through the same client: signing in, address, headers and time-outs are its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from airbyte_api import errors
from airbyte_api._hooks import HookContext
from airbyte_api.basesdk import BaseSDK
from airbyte_api.utils import SerializedRequestBody


class PlainCalls(BaseSDK):
    """Sends JSON and returns JSON."""

    def call(
        self, method: str, url: str, *, body: Any = None, query: Mapping[str, str] | None = None, name: str = "plain"
    ) -> Any:
        """One call.

        Args:
            method: of HTTP.
            url: whole, without a query.
            body: what is sent as JSON; None for nothing.
            query: parameters.
            name: of the operation in Airbyte's description, for the client's hooks.

        Returns:
            What was answered, read as JSON; None for an empty answer.

        Raises:
            AirbyteAPIError: any status but a success.
            httpx.HTTPError: no answer.
        """
        content = None if body is None else SerializedRequestBody("application/json", json.dumps(body).encode())
        request = self._build_request(
            method=method,
            path="",
            base_url=None,
            url_variables=None,
            request=None,
            request_body_required=False,
            request_has_path_params=False,
            request_has_query_params=False,
            user_agent_header="user-agent",
            accept_header_value="application/json",
            security=self.sdk_configuration.security,
            get_serialized_body=lambda: content,
            url_override=str(url),
            timeout_ms=self.sdk_configuration.timeout_ms,
        )
        if query:
            request.url = request.url.copy_merge_params(dict(query))
        context = HookContext(
            config=self.sdk_configuration,
            base_url=str(url),
            operation_id=name,
            oauth2_scopes=[],
            security_source=self.sdk_configuration.security,
        )
        reply = self.do_request(context, request, is_error_status_code=lambda status: status >= 400)
        if not 200 <= reply.status_code < 300:
            raise errors.SDKError("API error occurred", reply, reply.text)
        if not reply.content.strip():
            return None
        try:
            return reply.json()
        except ValueError:
            raise errors.SDKError("API error occurred", reply, "") from None
