"""Prints the figures of a replay as lines of `key: value unit`."""

import json
import sys

with open(sys.argv[1]) as file:
    story = json.load(file)
print(f"# {story['documents']} documents, iterations 7 and 8 {story['largeDocuments']}; {story['embedder']}")
for row in story["rows"]:
    figures = row["figures"]
    key = f"replay.{row['name']}"
    print(f"{key}.wall: {figures['wallSeconds'] * 1000:.1f} ms")
    print(f"{key}.cpu: {figures['cpuSeconds'] * 1000:.1f} ms")
    print(f"{key}.memory: {figures['peakBytes'] / 2**20:.0f} MB")
    print(f"{key}.model.calls: {figures['modelCalls']} calls")
    if row.get("speedup"):
        print(f"{key}.speedup: {row['speedup']:.2f} times")
    if row.get("before"):
        print(f"{key}.removed.before: {row['before']['share'] * 100:.1f} %")
        print(f"{key}.removed.after: {row['after']['share'] * 100:.1f} %")
print(f"replay.ratio.cpu: {story['cpuRatio']:.1f} times")
print(f"replay.ratio: {story['ratio']:.1f} times")
