"""Picks six fields out of every document of a file, and does nothing with them: python3 pick-fields.py MODULE CORPUS

What Tools/bench ingest puts beside a whole run of hearth-ingest. Ends with 3 where Python has no such module."""

import importlib
import sys

try:
    loads = importlib.import_module(sys.argv[1]).loads
except ImportError:
    sys.exit(3)
with open(sys.argv[2], "rb") as corpus:
    for line in corpus:
        value = loads(line)
        (value.get("id"), value.get("name"), value.get("version"), value.get("section"),
         value.get("description", {}).get("short"), value.get("size", {}).get("installed_kib"))
