"""How patient a call is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """How long a call may take, and how often it is tried.

    Netvisor wants a time-out of at least 120 s (article 77000500440; an older page says 360 s), a few tries and then a
    longer break.

    Args:
        connect_seconds: until the connection stands.
        read_seconds: between two bytes, and until the first one.
        waits: seconds before the second, third, ... attempt; each is varied by a quarter either way.
        max_retry_after: seconds that a Retry-After may ask for; more, and the call fails.
        all_waits: seconds that a sync waits between attempts in all; then each call gets one chance.
        call_seconds: from the first byte of an attempt to its last, however lively it is.
        largest_reply: bytes, unpacked. A month of a ledger with a million vouchers has a tenth of it.
    """

    connect_seconds: float = 30
    read_seconds: float = 360
    waits: tuple[float, ...] = (1, 4, 15, 45)
    max_retry_after: float = 600
    all_waits: float = 3600
    call_seconds: float = 3600
    largest_reply: int = 16 << 30
