"""What a JSON schema cannot say of the manifest: which words need each other, and the stream's own schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from source_netvisor.manifest.endpoint import Endpoint
from source_netvisor.manifest.mistakes import ManifestError, nearest
from source_netvisor.manifest.stream_definition import CURSOR, StreamDefinition
from source_netvisor.netvisor.allowed_resources import ALLOWED_RESOURCES
from source_netvisor.parsing.naming import normalize

DELETED_AT = "_ab_cdc_deleted_at"
WITHOUT_WINDOW = ("today", "tomorrow", "until")
"""Placeholders that every request has a value for."""

Mistake = tuple[str, str]
"""Where, and what."""


def check(definition: StreamDefinition) -> None:
    """Checks the words of a stream against each other and against its schema.

    Args:
        definition: of the stream.

    Raises:
        ManifestError: the first mistake.
    """
    for rule in _RULES:
        for place, mistake in rule(definition):
            raise ManifestError(definition.name, place, mistake)


def _key(definition: StreamDefinition) -> Iterator[Mistake]:
    if definition.primary_key[0] != "business_id":
        yield "primary_key", '"business_id" has to be its first part'
    yield from _unknown_properties(definition, "primary_key", definition.primary_key)


def _properties(definition: StreamDefinition) -> Iterator[Mistake]:
    """Words that name properties of the schema."""
    if definition.group_by:
        yield from _unknown_properties(definition, "group_by", (definition.group_by,))
    yield from _unknown_properties(definition, "fields", definition.fields)
    yield from _unknown_properties(definition, "request_fields", definition.request_fields)
    yield from _unknown_properties(definition, "deleted_when", definition.deleted_when)
    yield from _unknown_properties(definition, "latest", definition.latest)
    if definition.lines:
        yield from _unknown_properties(definition, "lines.parent", definition.lines.parent)
        yield from _unknown_properties(definition, "lines.without", definition.lines.without)
    properties = definition.schema["properties"]
    for place in definition.latest.values():
        array, _, field = place.partition(".")
        if field not in properties.get(array, {}).get("items", {}).get("properties", {}):
            yield "latest", f'the schema has no array and field "{place}"'


def _unknown_properties(definition: StreamDefinition, place: str, names: Iterable[str]) -> Iterator[Mistake]:
    properties = definition.schema["properties"]
    for name in names:
        # `account_name_{language}` stands for account_name_fi, account_name_en and account_name_sv
        shape = re.escape(name).replace(re.escape("{language}"), "[a-z]+")
        if not any(re.fullmatch(shape, known) for known in properties):
            yield place, f'the schema has no property "{name}", {nearest(name, properties)}'


def _marks(definition: StreamDefinition) -> Iterator[Mistake]:
    """The connector's own properties follow from the manifest."""
    for name, has in ((CURSOR, definition.incremental), (DELETED_AT, definition.sends_deletions)):
        if has and name not in definition.schema["properties"]:
            yield "", f'the schema lacks the property "{name}"'
        if not has and name in definition.schema["properties"]:
            yield "", f'the schema has the property "{name}", and nothing fills it'


def _increments(definition: StreamDefinition) -> Iterator[Mistake]:
    """What only an incremental read makes use of, and what it needs."""
    if definition.incremental:
        if definition.listing.changes is None and definition.comparison is None:
            yield "incremental_sync", "neither changes nor comparison says how what is new is found"
        return
    triggers = definition.compare_after
    words = {
        "deletions": definition.deletions, "compare_after": triggers.deletions or triggers.listing,
        "settled": definition.settled, "group_by": definition.group_by,
        "changes": definition.listing.changes, "comparison": definition.listing.comparison,
    }  # fmt: skip
    for word, value in words.items():
        if value is not None:
            yield word, "it needs incremental_sync"


def _details(definition: StreamDefinition) -> Iterator[Mistake]:
    details = definition.details
    if details and details.keys is None:
        yield "details", "it needs keys"
    if details is None and definition.settled:
        yield "settled", "it needs details"
    for name, word in definition.request_fields.items():
        known = {*definition.source.for_each, *(("key",) if details else ())}
        if word not in known:
            yield f"request_fields.{name}", f'the request knows no "{word}", {nearest(word, known)}'


def _mark(definition: StreamDefinition) -> Iterator[Mistake]:
    """A mark belongs to a row of a list that is a whole record."""
    mark = definition.listing.mark
    if mark is not None:
        yield from _unknown_properties(definition, "listing.mark.property", (mark.property,))
        if definition.details or definition.lines or definition.group_by or definition.is_deletion_log:
            yield "listing.mark", "only a row that is a whole record of the stream can be marked"
    for place, endpoint in {"details": definition.details, "deletions": definition.deletions}.items():
        if endpoint is not None and endpoint.mark is not None:
            yield f"{place}.mark", "only rows of the listing can be marked"


def _date(definition: StreamDefinition) -> Iterator[Mistake]:
    """A record's own date is a property; that of a listing whose details or lines are the records need not be one."""
    date = definition.source.date
    if date is None or definition.details or definition.lines:
        return
    names = {normalize(name) for name in definition.schema["properties"]}
    if normalize(date) not in names:
        yield "listing.date", f'the schema has no property for "{date}", {nearest(normalize(date), names)}'


def _deletion_logs(definition: StreamDefinition) -> Iterator[Mistake]:
    logs = {"deletions": definition.deletions, "compare_after.deletions": definition.compare_after.deletions}
    for place, log in logs.items():
        if log and log.changes is None:
            yield place, "it needs changes"


def _endpoints(definition: StreamDefinition) -> Iterator[Mistake]:
    triggers = definition.compare_after
    parts = {
        "listing": definition.listing, "details": definition.details, "deletions": definition.deletions,
        "compare_after.deletions": triggers.deletions, "compare_after.listing": triggers.listing,
    }  # fmt: skip
    for place, endpoint in parts.items():
        if endpoint is not None:
            for rule in (_resource, _dates, _keys_and_probe, _placeholders):
                for word, mistake in rule(endpoint):
                    yield f"{place}.{word}", mistake


def _resource(endpoint: Endpoint) -> Iterator[Mistake]:
    name = endpoint.resource
    if name not in ALLOWED_RESOURCES:
        yield "resource", f'allowed_resources.py does not allow "{name}", {nearest(name, ALLOWED_RESOURCES)}'


def _dates(endpoint: Endpoint) -> Iterator[Mistake]:
    if endpoint.window and not endpoint.dated:
        yield "window", "it needs dated"
    if endpoint.ahead_days is not None and not endpoint.window:
        yield "ahead_days", "it needs window"
    if (endpoint.window == "month ends") != any("{dates}" in value for value in endpoint.dated.values()):
        yield "dated", 'the placeholder "{dates}" and the window "month ends" need each other'
    if endpoint.halve and endpoint.halve["begin"] not in endpoint.dated:
        begin = endpoint.halve["begin"]
        yield "halve.begin", f'dated has no "{begin}", {nearest(begin, endpoint.dated)}'
    if endpoint.comparison and endpoint.comparison.recent_days and not endpoint.window:
        yield "comparison.recent_days", "it needs window"


def _keys_and_probe(endpoint: Endpoint) -> Iterator[Mistake]:
    if endpoint.batch > 1 and endpoint.keys is None:
        yield "batch", "it needs keys"
    if endpoint.probe_refused and not endpoint.probe:
        yield "probe_refused", "it needs probe"


def _placeholders(endpoint: Endpoint) -> Iterator[Mistake]:
    """Those of parameters that any request may have."""
    known = {*WITHOUT_WINDOW, *endpoint.for_each}
    used = set()
    words = {"parameters": endpoint.parameters, "optional": endpoint.optional, "probe": endpoint.probe}
    for place, parameters in words.items():
        for name, value in parameters.items():
            for word in re.findall(r"\{(\w+)\}", value):
                used.add(word)
                if word not in known:
                    yield f"{place}.{name}", f'there is no placeholder "{{{word}}}" here, {nearest(word, known)}'
    for name in endpoint.for_each:
        if name not in used:
            yield "for_each", f'no parameter has the placeholder "{{{name}}}"'


_RULES: tuple[Callable[[StreamDefinition], Iterator[Mistake]], ...] = (
    _key, _properties, _marks, _increments, _details, _mark, _date, _deletion_logs, _endpoints,
)  # fmt: skip
