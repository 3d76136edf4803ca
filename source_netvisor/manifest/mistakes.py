"""A mistake in the manifest, said in one sentence with the stream's name and the word."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException


class ManifestError(AirbyteTracedException):
    """The manifest, or a schema, has a mistake; only a change of the connector can cause it.

    Args:
        stream: its name; empty for what belongs to no stream.
        place: words of the manifest that lead to the mistake, `listing.window`; empty for the stream itself.
        mistake: what is wrong there.
    """

    def __init__(self, stream: str, place: str, mistake: str) -> None:
        where = ", ".join(filter(None, (stream and f"stream {stream}", place)))
        message = (
            f"The connector's manifest has a mistake{' in ' if where else ''}{where}: {mistake} "
            "(docs/manifest.md explains its words)."
        )
        super().__init__(message=message, internal_message=message, failure_type=FailureType.system_error)


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the known word that is most like it, or all of them.

    Args:
        word: the unknown one.
        known: those that there are.
    """
    words = sorted(known)
    close = get_close_matches(word, words, n=1, cutoff=0.5)
    if close:
        return f'the nearest is "{close[0]}"'
    return f"known here: {', '.join(words) or 'none'}"
