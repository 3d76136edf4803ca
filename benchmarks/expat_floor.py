"""The floor of parsing: the same reply, downloaded and given to expat without handlers."""

from __future__ import annotations

import sys
from urllib.request import urlopen
from xml.parsers import expat

if __name__ == "__main__":
    parser = expat.ParserCreate()
    with urlopen(sys.argv[1]) as reply:  # noqa: S310 - the benchmark's own server
        while chunk := reply.read(1 << 18):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
