"""Parameters of which the documents do not say that they go together with the others.

They are sent until Netvisor refuses a request that it accepts without them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from source_netvisor.errors import NetvisorError

logger = logging.getLogger("airbyte.source_netvisor")
R = TypeVar("R")


class OptionalParameters:
    """Which resources take their optional parameters, as far as their replies have shown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, bool] = {}

    def fetch(self, resource: str, options: str, ask: Callable[[], R], ask_plainly: Callable[[], R]) -> R:
        """The reply with what the optional parameters bring, or the plain one where Netvisor refuses them.

        A key that does not exist is refused too. So a refusal is put down to the optional parameters only where the
        plain request is accepted, and no more once the resource has taken them.

        Args:
            resource: that is asked.
            options: the optional parameters as a text, for the log.
            ask: asks with them.
            ask_plainly: asks without them.

        Raises:
            NetvisorError: of the call.
        """
        if self._taken.get(resource) is False:
            return ask_plainly()
        try:
            reply = ask()
        except NetvisorError as error:
            if not error.rejected or self._taken.get(resource):
                raise
        else:
            self._taken[resource] = True
            return reply
        reply = ask_plainly()
        with self._lock:
            first = self._taken.get(resource) is None
            self._taken[resource] = False
        if first:
            logger.warning(
                f"{resource}: Netvisor refuses {options}, so it is asked without; the fields that this brings stay "
                "empty. Please report it to the developers."
            )
        return reply
