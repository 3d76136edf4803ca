"""A company's API key, or where it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netvisor_fleet import secrecy

AIRBYTE_REFERENCE = "secret_coordinate::"
"""What Airbyte takes in a secret field as the name of a secret in its own secret store."""


class KeyNotFound(ValueError):
    """The text says what is wrong, and never has a key in it."""


@dataclass(frozen=True)
class Key:
    """A key as Airbyte gets it.

    Args:
        value: the key itself, or Airbyte's reference to it.
        place: where it came from, fit to be shown.
    """

    value: str = field(repr=False)
    place: str

    @property
    def in_airbyte(self) -> bool:
        """Only Airbyte can read it."""
        return self.value.startswith(AIRBYTE_REFERENCE)


def resolve(text: str, environment: Mapping[str, str], folder: Path) -> Key:
    """The key that a field of the list means.

    Args:
        text: `env:NAME`, `file:PATH`, `airbyte:NAME`, or the key itself.
        environment: where `env:` looks.
        folder: what a relative path of `file:` is relative to.

    Raises:
        KeyNotFound: the variable or the file does not exist, or the key cannot be one.
    """
    kind, separator, name = text.partition(":")
    if text.startswith(AIRBYTE_REFERENCE) or (kind == "airbyte" and separator):
        name = text.removeprefix(AIRBYTE_REFERENCE).removeprefix("airbyte:").strip()
        if not name:
            raise KeyNotFound(
                "it names no secret; write airbyte: and the name of the secret in Airbyte's secret store."
            )
        return Key(AIRBYTE_REFERENCE + name, f"airbyte:{name}")
    if kind == "env" and separator:
        return Key(_checked(_from_environment(name.strip(), environment)), f"env:{name.strip()}")
    if kind == "file" and separator:
        return Key(_checked(_from_file(folder / name.strip())), f"file:{name.strip()}")
    return Key(_checked(text), "the list")


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise KeyNotFound(f"the environment variable {name} is not set; set it, or write the key's right place.")
    return value


def _from_file(path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise KeyNotFound(
            f"the file {path} cannot be read; give the path of a file with nothing but the key."
        ) from None
    if not value:
        raise KeyNotFound(f"the file {path} is empty; put the key into it.")
    return value


def _checked(value: str) -> str:
    secrecy.keep(value)
    if any(c.isspace() or not c.isprintable() for c in value) or value[:1] in "\"'" or value[-1:] in "\"'":
        raise KeyNotFound("the key has a blank, a line break or a quote in it; copy it again from Netvisor.")
    return value
