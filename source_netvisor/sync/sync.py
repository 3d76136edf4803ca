"""A whole sync: the selected streams in groups, one after the other, with the calls of the next ones under way."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from airbyte_cdk.models import AirbyteMessage, ConfiguredAirbyteCatalog, FailureType, SyncMode
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import blocked_report
from source_netvisor.errors import NetvisorError
from source_netvisor.fetching.downloads import Downloads
from source_netvisor.manifest.stream_definition import StreamDefinition
from source_netvisor.netvisor.client import Client
from source_netvisor.netvisor.request import Request
from source_netvisor.protocol import failures, messages
from source_netvisor.protocol.messages import Message
from source_netvisor.state.state_reader import is_foreign, read_state
from source_netvisor.state.stream_state import StreamState
from source_netvisor.streams.record_buffer import BATCH
from source_netvisor.streams.stream_sync import StreamSync
from source_netvisor.sync.progress import Progress
from source_netvisor.sync.state_size import warn_if_large
from source_netvisor.sync.stream_group import StreamGroup
from source_netvisor.sync.summary import first_line, last_line
from source_netvisor.sync_context import SyncContext

logger = logging.getLogger("airbyte.source_netvisor")

FAILURES_THAT_END_A_SYNC = 3
"""Resources in a row that gave no answer of Netvisor's, after which the other streams are not tried. An error of
Netvisor's own is an answer: the next resource may have another."""


NAMES_SHOWN = 6
"""Streams that a warning about several names."""


class Sync:
    """One `read`.

    Args:
        definitions: every stream that the manifest has, by name.
        client: who asks Netvisor.
        context: company and moment.
        batch: bytes of records after which a state goes out.
        show: takes the messages that are to be seen at once, while the sync waits for a reply.
    """

    def __init__(
        self,
        definitions: Mapping[str, StreamDefinition],
        client: Client,
        context: SyncContext,
        batch: int = BATCH,
        show: Callable[[AirbyteMessage], None] | None = None,
    ) -> None:
        self._definitions = definitions
        self._client = client
        self._context = context
        self._batch = batch
        self._show = show
        self._present: StreamGroup | None = None
        self._warnings: dict[str, list[str]] = {}

    def read(self, catalog: ConfiguredAirbyteCatalog, states: Mapping[str, Any]) -> Iterator[Message]:
        """All messages of the selected streams.

        Args:
            catalog: the selected streams and their sync modes.
            states: stream name -> what its last STATE carried.

        Raises:
            AirbyteTracedException: after everything else was read: streams failed; the message names them.
        """
        downloads = Downloads(self._client, self._context.config.max_concurrent_requests)
        downloads.on_wait = self._show_life if self._show is not None else None
        progress = Progress(self._client)
        downloads.on_fetched = progress.fetched
        streams: list[StreamSync] = []
        groups: list[StreamGroup] = []
        began = time.monotonic()
        try:
            for configured in catalog.streams:
                stream, problem = self._stream(configured, states)
                if problem:
                    yield from stream.fail(problem)
                streams.append(stream)
            for sentence, names in self._warnings.items():
                logger.warning(f"{_some(names)}: {sentence}.")
            groups += [StreamGroup(members, downloads, progress, self._context) for members in in_groups(streams)]
            yield from self._prepare(groups, downloads)
            logger.info(first_line(groups, self._context))
            for first in (True, False):
                for group in sorted(groups, key=StreamGroup.uncertainty, reverse=True):
                    yield from self._guarded(group, group.look_ahead(first))
                    self._raise_during_an_outage(streams)
            progress.all_known = True
            for group in groups:
                yield from self._guarded(group, group.read())
                self._raise_during_an_outage(streams)
        except NetvisorError as error:
            for stream in streams:
                yield from stream.fail(error)
        finally:
            for group in groups:
                group.close()
            downloads.close()
        for stream in streams:
            yield from stream.status.report_failure()
        warn_if_large(streams, states)
        logger.info(last_line(streams, self._client, began))
        self._raise_for_failed(streams)

    def _show_life(self, until: datetime | None) -> None:
        """Shows Airbyte that a sync that waits is alive: only records and states count, so the last state is repeated.

        Args:
            until: when the call is tried again; None: it is under way.
        """
        if self._show is None or self._present is None:
            return
        for stream in self._present.streams:
            if until is not None and stream.status.is_open:
                self._show(messages.rate_limited(stream.name, until))
        repeated = next(
            (s.last_state for s in self._present.streams if s.status.is_open and s.last_state is not None), None
        )
        if repeated is not None:
            self._show(repeated)

    def _raise_during_an_outage(self, streams: Sequence[StreamSync]) -> None:
        failure = next((s.status.failure for s in reversed(streams) if s.status.failure), None)
        # calls that are made ahead may fail before a stream has met one of them
        if failure is not None and len(self._client.silent_resources) >= FAILURES_THAT_END_A_SYNC:
            raise failure

    def _prepare(self, groups: Sequence[StreamGroup], downloads: Downloads) -> Iterator[Message]:
        requests: list[Request] = []
        for group in groups:
            try:
                requests += group.prepare()
            except Exception as error:  # noqa: BLE001 - see below
                yield from group.fail(failures.unexpected(error))
        able = sorted((group for group in groups if not group.failed), key=StreamGroup.uncertainty, reverse=True)
        ahead = [request for first in (True, False) for group in able for request in group.requests_ahead(first)]
        downloads.expect([*ahead, *requests])

    def _guarded(self, group: StreamGroup, messages: Iterator[Message]) -> Iterator[Message]:
        if group.failed:
            # what could not even be planned
            return
        self._present = group
        try:
            yield from messages
        except NetvisorError:
            raise
        except Exception as error:  # noqa: BLE001 - what nobody expected fails these streams, and no others
            told = failures.unexpected(error)
            logger.error(f"{told.message} It was here: {told.internal_message}")
            yield from group.fail(told)

    def _stream(self, configured: Any, states: Mapping[str, Any]) -> tuple[StreamSync, NetvisorError | None]:
        definition = self._definitions[configured.stream.name]
        config = self._context.config
        state, problem = None, None
        try:
            if configured.sync_mode == SyncMode.incremental and definition.incremental:
                state = self._state(definition, states.get(definition.name))
            for saved in states.values():
                # what a full refresh would overwrite is another company's as well
                if state is None and is_foreign(saved, config.business_id, config.host):
                    read_state(saved, business_id=config.business_id, host=config.host, start_date=None,
                               now=self._context.now)  # fmt: skip
        except NetvisorError as error:
            problem = error
        return StreamSync(definition, state, self._context, self._batch), problem

    def _state(self, definition: StreamDefinition, saved: Any) -> StreamState:
        config = self._context.config
        found = read_state(
            saved,
            business_id=config.business_id,
            host=config.host,
            start_date=config.start_date if config.start_date_given else None,
            now=self._context.now,
            bits=_fingerprint_bits(definition),
            dated=any(endpoint.date or endpoint.window for endpoint in definition.asks),
        )
        if found.warning:
            self._warnings.setdefault(found.warning, []).append(definition.name)
        state, shape = found.state, self._shape(definition)
        if state.shape != shape:
            if len(state.ledger):
                logger.info(f"{definition.name}: records are made otherwise than before; all of them are sent again.")
                state.ledger.forget_fingerprints()
                state.compared, state.backfill = None, None
            state.shape = shape
        return state

    def _shape(self, definition: StreamDefinition) -> str:
        """Under which language, parameters and record version fingerprints are made."""
        parameters = [sorted({**endpoint.parameters, **endpoint.optional}.items()) for endpoint in definition.asks]
        return (
            f"{self._context.config.language}-{definition.record_version}-{zlib.crc32(repr(parameters).encode()):08x}"
        )

    def _raise_for_failed(self, streams: Sequence[StreamSync]) -> None:
        failed = [(stream.name, stream.status.failure) for stream in streams if stream.status.failure]
        if not failed:
            return
        types = {error.failure_type for _, error in failed}
        kind = next(
            (t for t in (FailureType.transient_error, FailureType.system_error) if t in types), FailureType.config_error
        )
        sentence = blocked_report.failed_streams(failed, len(streams))
        raise AirbyteTracedException(message=sentence, internal_message=sentence, failure_type=kind)


def _some(names: Sequence[str]) -> str:
    """The names of the streams that a sentence is about, not more than fit into a line."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _fingerprint_bits(definition: StreamDefinition) -> int:
    """How many bits tell two versions apart: the fewer, the more evidence there is besides."""
    if definition.listing.changes is None:
        return 32
    # whole documents, which the change filter names, against rows of which changes without a filter are routine
    return 16 if definition.listing.keys is not None else 24


def in_groups(streams: Sequence[StreamSync]) -> list[list[StreamSync]]:
    """Streams that share a request, directly or through others, belong together; in the order of the catalog."""
    groups: list[tuple[set[Any], list[StreamSync]]] = []
    for stream in streams:
        if stream.status.finished:
            continue
        definition = stream.definition
        shared = {endpoint.identity for endpoint in (definition.listing, *definition.auxiliary)}
        mine: tuple[set[Any], list[StreamSync]] = (shared, [stream])
        for group in [group for group in groups if group[0] & shared]:
            groups.remove(group)
            mine = (mine[0] | group[0], group[1] + mine[1])
        groups.append(mine)
    return [members for _, members in groups]
