"""What all streams of a sync have in common: the company, and the moment at which the sync began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from source_netvisor import clock
from source_netvisor.config import NetvisorConfig


@dataclass(frozen=True)
class SyncContext:
    """The company and the moment.

    Args:
        config: the company.
        now: the moment that the sync began; what is read later counts as read then, so nothing falls between two syncs.
    """

    config: NetvisorConfig
    now: datetime

    @property
    def today(self) -> date:
        """In Finland."""
        return clock.helsinki_date(self.now)

    def placeholders(self) -> dict[str, str]:
        """Those in parameters that do not depend on a window."""
        tomorrow = (self.today + timedelta(days=1)).isoformat()
        return {"today": self.today.isoformat(), "tomorrow": tomorrow, "until": tomorrow}
