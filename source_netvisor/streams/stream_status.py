"""How far a stream is, as Airbyte is to know it: STARTED, RUNNING with its first record, COMPLETE or INCOMPLETE."""

from __future__ import annotations

from collections.abc import Iterator

from airbyte_cdk.models import AirbyteMessage, FailureType, StreamDescriptor

from source_netvisor.errors import NetvisorError
from source_netvisor.protocol import messages
from source_netvisor.protocol.messages import AirbyteStreamStatus, Message, Records


class StreamStatus:
    """The status of one stream.

    Args:
        name: of the stream.

    Attributes:
        failure: the first thing that could not be read.
        finished: whether the stream has ended.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.failure: NetvisorError | None = None
        self.finished = False
        self._began = self._running = False
        self._waits_with_failure = False

    @property
    def is_open(self) -> bool:
        """Whether the stream has begun and not ended."""
        return self._began and not self.finished

    def begin(self) -> Iterator[Message]:
        """STARTED, once."""
        if not self._began:
            self._began = True
            yield self._message(AirbyteStreamStatus.STARTED)

    def records(self, data: bytes) -> Iterator[Message]:
        """Records (`Records.data`), and RUNNING before the first ones."""
        yield from self._run()
        yield Records(self._name, data)

    def _run(self) -> Iterator[Message]:
        if not self._running:
            self._running = True
            yield self._message(AirbyteStreamStatus.RUNNING)

    def problem(self, error: NetvisorError) -> None:
        """Something of the stream could not be read; the rest is, and the stream fails at the end."""
        # a traceback would keep the reply open
        self.failure = self.failure or error.with_traceback(None)

    def end(self) -> Iterator[Message]:
        """COMPLETE, or why the stream failed and INCOMPLETE."""
        self.finished = True
        if self.failure is not None:
            yield from self._incomplete(self.failure)
            return
        yield from self._run()
        yield self._message(AirbyteStreamStatus.COMPLETE)

    def report_failure(self) -> Iterator[Message]:
        """Why the stream failed, where a person has to act: after the failures of all other streams."""
        if self._waits_with_failure and self.failure is not None:
            yield from self._incomplete(self.failure)

    def _incomplete(self, error: NetvisorError) -> Iterator[Message]:
        # Airbyte decides by the first failure whether the sync is tried again
        if error.failure_type is FailureType.config_error and not self._waits_with_failure:
            self._waits_with_failure = True
            return
        self._waits_with_failure = False
        yield messages.error(self._name, f"{self._name}: {error}", error.failure_type or FailureType.system_error)
        yield self._message(AirbyteStreamStatus.INCOMPLETE)

    def _message(self, status: AirbyteStreamStatus) -> AirbyteMessage:
        return messages.status_message(StreamDescriptor(name=self._name), status)
