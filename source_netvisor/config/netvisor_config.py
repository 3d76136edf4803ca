"""The configuration, checked: each mistake gets one sentence that names the field of the form and the fix.

Nothing of this needs a call. What only Netvisor knows (a wrong key, a company that the user may not see) is found by
`check`. What can only be meant one way is taken so: blanks around a value, `fi` for `FI`, `FI19675438` for `1967543-8`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import clock
from source_netvisor.config import form_fields
from source_netvisor.redaction import register_secret

MAX_LOOKBACK_DAYS = 366
MAX_CONCURRENT_REQUESTS = 4
TITLES: Mapping[str, str] = {
    "company_name": "Company Name", "business_id": "Business ID", "start_date": "Start Date",
    "partner_search_key": "Partner Search Key", "api_user_id": "API User ID", "api_key": "API Key",
    "partner_id": "Integration Partner ID", "partner_key": "Integration Partner Key", "base_url": "Netvisor Address",
    "language": "Language", "lookback_days": "Lookback (Days)", "max_concurrent_requests": "Concurrent Requests",
    "comparison": "Compare Whole Lists",
    "fail_check_on_blocked_resources": "Fail the Check When a Resource Is Blocked",
}  # fmt: skip
"""The fields of the form, in its order."""
_T = TypeVar("_T")


class ConfigError(AirbyteTracedException):
    """The configuration is wrong; the message has one line for each mistake, with the field and what to do.

    Args:
        mistakes: name of the field -> what is wrong with it.
    """

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        names = sorted(mistakes, key=[*TITLES, "config"].index)
        lines = "\n".join(f"{TITLES.get(name, name)} ({name}): {mistakes[name]}" for name in names)
        super().__init__(message=lines, internal_message=lines, failure_type=FailureType.config_error)


@dataclass(frozen=True)
class NetvisorConfig:
    """One company and how to reach it; see the form (`spec` of the manifest) for the fields.

    Attributes:
        start_date: the day from which documents are read.
        start_date_given: whether the form says so; otherwise it is a default that moves with the calendar.
        comparison: how often the lists that tell their changes are also compared whole.
    """

    company_name: str
    business_id: str
    api_user_id: str
    api_key: str = field(repr=False)
    partner_id: str
    partner_key: str = field(repr=False)
    start_date: date
    start_date_given: bool
    base_url: str
    language: str
    lookback_days: int
    max_concurrent_requests: int
    comparison: Literal["daily", "every_sync"]
    fail_check_on_blocked_resources: bool

    @property
    def host(self) -> str:
        """Of the Netvisor address: test and production have different data under one Business ID."""
        return urlsplit(self.base_url).hostname or ""

    @staticmethod
    def parse(
        config: Mapping[str, Any], environment: Mapping[str, str] = os.environ, now: datetime | None = None
    ) -> NetvisorConfig:
        """Checks a configuration and fills in what may be left out.

        Args:
            config: as Airbyte hands it over.
            environment: where the partner's credentials may stand instead.
            now: the present moment, aware; this machine's where none is given.

        Raises:
            ConfigError: with every mistake, in the order of the form.
        """
        if not isinstance(config, Mapping):
            raise ConfigError({"config": "the configuration is not a JSON object; give the fields of the form."})
        form = _Form(config, clock.helsinki_date(now or clock.now()))
        parsed = form.parsed(environment)
        if form.mistakes:
            raise ConfigError(form.mistakes)
        # the CDK masks what the file has, but not the same without its blanks, nor what the environment has
        add_to_secrets(parsed.api_key)
        add_to_secrets(parsed.partner_key)
        register_secret(parsed.api_key, parsed.partner_key, parsed.api_user_id, parsed.partner_id)
        return parsed


class _Form:
    """The filled-in form, and what is wrong in it.

    Args:
        config: as Airbyte hands it over.
        today: in Finland.
    """

    def __init__(self, config: Mapping[str, Any], today: date) -> None:
        self._today = today
        self._values = {name: form_fields.cleaned(config.get(name)) for name in TITLES}
        # a field that is there and empty is no mistake, except this one: it is fixed
        self._has_search_key = "partner_search_key" in config
        self.mistakes: dict[str, str] = {}

    def parsed(self, environment: Mapping[str, str]) -> NetvisorConfig:
        """All fields; what is wrong is in `mistakes`, and its field has no meaning then."""
        if self._has_search_key:
            self._read("partner_search_key", form_fields.search_key)
        return NetvisorConfig(
            company_name=self._read("company_name", form_fields.company_name),
            business_id=self._read("business_id", form_fields.business_id),
            api_user_id=self._read("api_user_id", form_fields.api_user_id),
            api_key=self._read("api_key", form_fields.api_key, self._values["api_user_id"]),
            start_date=self._read("start_date", form_fields.start_date, self._today),
            start_date_given=self._values["start_date"] is not None,
            partner_id=self._read("partner_id", form_fields.partner, "partner_id", environment),
            partner_key=self._read("partner_key", form_fields.partner, "partner_key", environment),
            base_url=self._read("base_url", form_fields.base_url),
            language=self._read("language", form_fields.choice, ("EN", "FI", "SE")),
            lookback_days=self._read("lookback_days", form_fields.whole_number, 1, 0, MAX_LOOKBACK_DAYS),
            max_concurrent_requests=self._read(
                "max_concurrent_requests", form_fields.whole_number, 1, 1, MAX_CONCURRENT_REQUESTS
            ),
            comparison=cast(
                Literal["daily", "every_sync"], self._read("comparison", form_fields.choice, ("daily", "every_sync"))
            ),
            fail_check_on_blocked_resources=self._read("fail_check_on_blocked_resources", form_fields.flag),
        )

    def _read(self, name: str, read: Callable[..., _T], *more: Any) -> _T:
        try:
            return read(self._values[name], *more)
        except form_fields.Mistake as mistake:
            self.mistakes[name] = str(mistake)
            return cast(_T, None)
