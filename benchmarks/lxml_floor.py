"""The floor of a comparison: a list, downloaded, and parsed by lxml without anything made of it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from urllib.request import urlopen

from lxml import etree

if __name__ == "__main__":
    url, row = sys.argv[1:]
    with tempfile.TemporaryFile() as file:
        with urlopen(url) as reply:  # noqa: S310 - the benchmark's own server
            shutil.copyfileobj(reply, file, 1 << 18)
        file.seek(0)
        for _, element in etree.iterparse(file, tag=row, remove_blank_text=True):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
