"""Serves fakesnow, run by the Python that has it: `serve_snowflake.py DIRECTORY PORT`.

Args:
    DIRECTORY: of the databases, a DuckDB file each.
    PORT: on 127.0.0.1.
"""

from __future__ import annotations

import sys
from importlib import import_module

import uvicorn
from fakesnow import transforms
from fakesnow.instance import FakeSnow

# fakesnow adds up everything in floating point, so that texts can be added too. Snowflake adds up numbers to the last
# digit, and a sum that is nothing is nothing.
transforms.numeric_agg_implicit_cast = lambda expression: expression

# the package has a function of the module's name
server = import_module("fakesnow.server")
server.shared_fs = FakeSnow(db_path=sys.argv[1])
uvicorn.run(server.app, port=int(sys.argv[2]), log_level="error")
