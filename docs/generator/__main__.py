"""`python -m docs.generator`: writes every generated file, and says which ones changed."""

from __future__ import annotations

from docs.generator.model import ROOT
from docs.generator.outputs import outputs


def main() -> None:
    """Writes what differs."""
    for path, text in outputs().items():
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            print(f"{path} written")


if __name__ == "__main__":
    main()
