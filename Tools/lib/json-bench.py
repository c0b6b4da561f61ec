"""What Tools/bench json measures, by the JSON readers of Python, as figures of the same form: python3 json-bench.py CORPUS"""

import importlib
import statistics
import sys
import time

ROUNDS = 7


def pick(loads, document):
    value = loads(document)
    return (value.get("id"), value.get("name"), value.get("version"), value.get("section"),
            value.get("description", {}).get("short"), value.get("size", {}).get("installed_kib"))


def measure(name, documents):
    try:
        loads = importlib.import_module(name).loads
    except ImportError:
        return
    for document in documents:
        pick(loads, document)
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for document in documents:
            pick(loads, document)
        seconds.append(time.process_time() - start)
    rate = sum(map(len, documents)) / statistics.median(seconds) / 1e9
    print(f"json.{'python' if name == 'json' else name}: {rate:.3f} GB/s")


with open(sys.argv[1], "rb") as corpus:
    documents = corpus.read().splitlines()
for name in ("orjson", "ujson", "json"):
    measure(name, documents)
