"""The configuration, checked: whatever is wrong gets one sentence that names the field of the form and the mend.

Nothing of this needs a call. What only Netvisor knows (a wrong key, a foreign company) is told by `check`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_netvisor import clock
from source_netvisor.errors import PARTNER_SEARCH_KEY
from source_netvisor.redaction import register_secret

DEFAULT_BASE_URL = "https://integration.netvisor.fi"
EARLIEST_START = date(1950, 1, 1)
"""The earliest year that any resource documents (`year` of accountingbudgetaccountlist.nv)."""
MAX_LOOKBACK_DAYS = 366
MAX_CONCURRENT_REQUESTS = 4
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?|[0-9a-f:.]*:[0-9a-f:.]*")
"""A name of labels as DNS has them, or an address of either kind."""
_TITLES = {
    "company_name": "Company Name", "business_id": "Business ID", "api_user_id": "API User ID", "api_key": "API Key",
    "partner_search_key": "Partner search key", "start_date": "Start date", "partner_id": "Integration partner ID",
    "partner_key": "Integration partner key", "base_url": "Netvisor address", "language": "Language",
    "lookback_days": "Lookback (days)", "max_concurrent_requests": "Concurrent requests",
    "fail_check_on_blocked_resources": "Fail the check when a resource is blocked",
}  # fmt: skip


class ConfigError(AirbyteTracedException):
    """The configuration is wrong; the message says which field, and what to do."""

    def __init__(self, name: str, problem: str) -> None:
        sentence = f"{_TITLES.get(name, name)} ({name}): {problem}"
        super().__init__(message=sentence, internal_message=sentence, failure_type=FailureType.config_error)


@dataclass(frozen=True)
class NetvisorConfig:
    """One company and how to reach it; see the form (`spec` of the manifest) for the fields."""

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
    fail_check_on_blocked_resources: bool
    comparison: str = "daily"

    @property
    def host(self) -> str:
        """Of the Netvisor address: test and production have different data under one Business ID."""
        return urlsplit(self.base_url).netloc

    @staticmethod
    def parse(config: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> NetvisorConfig:
        """Checks a configuration and fills in what may be left out.

        Args:
            config: as Airbyte hands it over.
            environment: where the partner's credentials may stand instead.

        Raises:
            ConfigError: the first field that is wrong, in the order of the form.
        """
        if not isinstance(config, Mapping):
            raise ConfigError("config", "the configuration is not a JSON object; give the fields of the form.")
        search_key = config.get("partner_search_key", PARTNER_SEARCH_KEY)
        company_name = _text(config, "company_name", "type your own name for this company.")
        business_id = _business_id(config)
        api_user_id = _credential(config, "api_user_id", "copy it from Netvisor, Company menu > API identifiers.")
        api_key = _credential(config, "api_key", "copy it from Netvisor, Company menu > API identifiers.")
        if search_key != PARTNER_SEARCH_KEY:
            raise ConfigError("partner_search_key", f"it is fixed; remove the field or set it to {PARTNER_SEARCH_KEY}.")
        parsed = NetvisorConfig(
            company_name=company_name,
            business_id=business_id,
            api_user_id=api_user_id,
            api_key=api_key,
            start_date=_start_date(config),
            start_date_given=config.get("start_date") not in (None, ""),
            partner_id=_partner(config, environment, "partner_id"),
            partner_key=_partner(config, environment, "partner_key"),
            base_url=_base_url(config),
            language=_choice(config, "language", ("EN", "FI", "SE")),
            lookback_days=_whole_number(config, "lookback_days", 1, 0, MAX_LOOKBACK_DAYS),
            max_concurrent_requests=_whole_number(config, "max_concurrent_requests", 1, 1, MAX_CONCURRENT_REQUESTS),
            fail_check_on_blocked_resources=_flag(config, "fail_check_on_blocked_resources"),
            comparison=config.get("comparison") or "daily",
        )
        # what came from the environment is not masked by the CDK unless it is told
        add_to_secrets(parsed.partner_key)
        register_secret(parsed.api_key, parsed.partner_key, parsed.api_user_id, parsed.partner_id)
        return parsed


def _text(config: Mapping[str, Any], name: str, mend: str) -> str:
    value = config.get(name)
    if value is None or value == "":
        raise ConfigError(name, f"it is missing; {mend}")
    if not isinstance(value, str):
        raise ConfigError(name, f"it must be a text; {mend}")
    if not value.strip():
        raise ConfigError(name, f"it is empty; {mend}")
    return value


def _credential(config: Mapping[str, Any], name: str, mend: str) -> str:
    value = _text(config, name, mend)
    if value != value.strip():
        raise ConfigError(name, "it has a space or a line break before or after it; remove it.")
    if not value.isprintable():
        raise ConfigError(name, f"it has a line break or a control character in it; {mend}")
    try:
        value.encode("iso-8859-1")
    except UnicodeEncodeError:
        raise ConfigError(name, f"it has a character that Netvisor's identifiers cannot have; {mend}") from None
    return value


def _business_id(config: Mapping[str, Any]) -> str:
    mend = "give the company's Y-tunnus with the dash, as in 1234567-1."
    value = _credential(config, "business_id", mend)
    if not re.fullmatch(r"[0-9]{7}-[0-9]", value):
        raise ConfigError("business_id", f"it is not seven digits, a dash and a check digit; {mend}")
    rest = sum(int(digit) * weight for digit, weight in zip(value[:7], (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    if rest == 1 or int(value[8]) != (11 - rest) % 11:
        raise ConfigError("business_id", "its check digit does not match; look for a mistyped digit.")
    return value


def _partner(config: Mapping[str, Any], environment: Mapping[str, str], name: str) -> str:
    variable = "NETVISOR_" + name.upper()
    if config.get(name) not in (None, ""):
        return _credential(config, name, f"give it, or remove it and set {variable} in the environment.")
    if environment.get(variable):
        return _credential({name: environment[variable]}, name, f"mend the environment variable {variable}.")
    raise ConfigError(
        name,
        f"it is missing, and the environment variable {variable} is not set either; use the credentials that "
        f"Netvisor gave the "
        "software partner.",
    )


def _start_date(config: Mapping[str, Any]) -> date:
    today = clock.helsinki_date(clock.now())
    value = config.get("start_date")
    if value is None or value == "":
        return date(today.year - 2, 1, 1)
    mend = "give a day as YYYY-MM-DD, for example 2024-01-01."
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ConfigError("start_date", f"it is not a date; {mend}")
    try:
        start = date.fromisoformat(value)
    except ValueError:
        raise ConfigError("start_date", f"there is no such day; {mend}") from None
    if start > today:
        raise ConfigError("start_date", "it is in the future; give today or an earlier day.")
    if start < EARLIEST_START:
        raise ConfigError("start_date", f"it is before {EARLIEST_START}; give a later day.")
    return start


def _base_url(config: Mapping[str, Any]) -> str:
    mend = f"use {DEFAULT_BASE_URL}, or https://isvapi.netvisor.fi for Netvisor's test environment."
    value = config.get("base_url")
    if value is None or value == "":
        return DEFAULT_BASE_URL
    value = _credential(config, "base_url", mend).rstrip("/")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ConfigError("base_url", f"it is not a web address; {mend}") from None
    name = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(name):
        raise ConfigError("base_url", f"it is not a web address; {mend}")
    if parts.path or parts.query or parts.fragment or parts.username or parts.password:
        raise ConfigError("base_url", f"it must be the scheme and the host only; {mend}")
    if parts.scheme == "http" and name not in ("localhost", "127.0.0.1", "::1"):
        raise ConfigError("base_url", f"plain http would show the data to the network; {mend}")
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _choice(config: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = config.get(name)
    if value is None or value == "":
        return choices[0]
    if value not in choices:
        raise ConfigError(name, f"it must be one of {', '.join(choices)}.")
    return str(value)


def _whole_number(config: Mapping[str, Any], name: str, default: int, lowest: int, highest: int) -> int:
    value = config.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise ConfigError(name, f"it must be a whole number from {lowest} to {highest}.")
    return value


def _flag(config: Mapping[str, Any], name: str) -> bool:
    value = config.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise ConfigError(name, "it must be true or false.")
    return value
