"""A whole sync: the selected streams in families, one after the other, with the calls of the next ones under way."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airbyte_cdk.models import ConfiguredAirbyteCatalog, FailureType, SyncMode
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.netvisor.client import Client
from source_netvisor.protocol import failures
from source_netvisor.protocol.messages import Message
from source_netvisor.state.stream_state import StreamState, read_state
from source_netvisor.streams.stream_reading import StreamReading
from source_netvisor.sync.family_reading import FamilyReading
from source_netvisor.sync.plan import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

FAILURES_THAT_END_A_SYNC = 3
"""Calls in a row that got no answer of Netvisor's, after which the other streams are not tried. An error of Netvisor's
own is an answer: the next resource may have another."""


class Sync:
    """One `read`.

    Args:
        definitions: every stream that the manifest has, by name.
        client: who asks Netvisor.
        context: company and moment.
    """

    def __init__(self, definitions: Mapping[str, StreamDefinition], client: Client, context: SyncContext) -> None:
        self._definitions = definitions
        self._client = client
        self._context = context
        self._unreadable: list[tuple[str, NetvisorError]] = []

    def read(self, catalog: ConfiguredAirbyteCatalog, states: Mapping[str, Any]) -> Iterator[Message]:
        """All messages of the selected streams.

        Args:
            catalog: the selected streams and their sync modes.
            states: stream name -> what its last STATE carried.

        Raises:
            AirbyteTracedException: after everything else was read: streams failed; the message names them.
        """
        downloads = Downloads(self._client, self._context.config.max_concurrent_requests)
        streams: list[StreamReading] = []
        try:
            for configured in catalog.streams:
                stream, problem = self._reading(configured, states)
                if problem:
                    yield from stream.fail(problem)
                streams.append(stream)
            families = [FamilyReading(members, downloads, self._context) for members in _families(streams)]
            for family in families:
                yield from self._prepare(family, downloads)
            for family in families:
                yield from self._read_family(family)
                failure = next((s.failure for s in reversed(streams) if s.failure), None)
                # calls that are made ahead may fail before a stream has met one of them
                if failure is not None and self._client.no_responses_in_a_row >= FAILURES_THAT_END_A_SYNC:
                    raise failure
        except NetvisorError as error:
            for stream in streams:
                yield from stream.fail(error)
        finally:
            downloads.close()
        self._raise_for_failed(streams)

    def _prepare(self, family: FamilyReading, downloads: Downloads) -> Iterator[Message]:
        try:
            downloads.expect(family.prepare())
        except Exception as error:  # noqa: BLE001 - see below
            yield from family.fail(failures.unexpected(error))

    def _read_family(self, family: FamilyReading) -> Iterator[Message]:
        try:
            yield from family.read()
        except NetvisorError:
            raise
        except Exception as error:  # noqa: BLE001 - what nobody expected fails these streams, and no others
            told = failures.unexpected(error)
            logger.error(f"{told.message} It was here: {told.internal_message}")
            yield from family.fail(told)

    def _reading(self, configured: Any, states: Mapping[str, Any]) -> tuple[StreamReading, NetvisorError | None]:
        definition = self._definitions[configured.stream.name]
        config = self._context.config
        incremental = configured.sync_mode == SyncMode.incremental and definition.cursor_field is not None
        state = StreamState(config.business_id, config.start_date)
        problem = None
        if incremental:
            try:
                state, warning = read_state(
                    states.get(definition.name),
                    definition.cursor_field or "",
                    config.business_id,
                    config.start_date,
                    self._context.now,
                )
                if warning:
                    logger.warning(f"{definition.name}: {warning}.")
            except NetvisorError as error:
                problem = error
        return StreamReading(definition, incremental, state, self._context), problem

    def _raise_for_failed(self, streams: Sequence[StreamReading]) -> None:
        failed = [(stream.name, stream.failure) for stream in streams if stream.failure]
        if not failed:
            return
        types = {error.failure_type for _, error in failed}
        reasons: dict[str, list[str]] = {}
        for name, error in failed:
            reasons.setdefault(str(error), []).append(name)
        told = " ".join(f"{', '.join(names)}: {reason}" for reason, names in reasons.items())
        kind = next(
            (t for t in (FailureType.transient_error, FailureType.system_error) if t in types), FailureType.config_error
        )
        sentence = f"{len(failed)} of {len(streams)} streams could not be read completely. {told}"
        raise AirbyteTracedException(message=sentence, internal_message=sentence, failure_type=kind)


def _families(streams: Sequence[StreamReading]) -> list[list[StreamReading]]:
    """Streams that share a request, directly or through others, belong together; in the order of the catalog."""
    families: list[tuple[set[Any], list[StreamReading]]] = []
    for stream in streams:
        if stream.failure:
            continue
        definition = stream.definition
        shared = {ask.identity for ask in (definition.listing, *definition.told_by)}
        mine: tuple[set[Any], list[StreamReading]] = (shared, [stream])
        for family in [family for family in families if family[0] & shared]:
            families.remove(family)
            mine = (mine[0] | family[0], family[1] + mine[1])
        families.append(mine)
    return [members for _, members in families]
