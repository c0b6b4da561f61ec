"""Holds speedscope files against the published schema, and says what is in them.

    CheckSpeedscope.py SCHEMA FILE...

SCHEMA is the schema as JSON, or the wheel of speedscope-to-codeperf, whose source has it as a text. For every file a JSON
object a line: for every profile its name, unit and sum of weights, and the weight of each function as leaf. It is counted
here once more because the reader of the project under test is no witness for its writer.
"""

import collections
import json
import sys
import zipfile

import jsonschema


def published(rules):
    """The package's copy lets null stand for two numbers, which the published schema does not."""
    if isinstance(rules, dict):
        return {
            key: "number" if key == "type" and value == ["number", "null"] else published(value)
            for key, value in rules.items()
        }
    return [published(rule) for rule in rules] if isinstance(rules, list) else rules


def schema(path):
    if not zipfile.is_zipfile(path):
        with open(path) as file:
            return json.load(file)
    with zipfile.ZipFile(path) as wheel:
        source = wheel.read("speedscope_to_codeperf/schema/speedscope.py").decode()
    return published(json.loads(source.split('"""')[1]))


def check(profile, frames):
    """What the format's description demands beyond the schema."""
    samples, weights = profile["samples"], profile["weights"]
    assert len(samples) == len(weights), "as many weights as samples"
    assert all(weight > 0 for weight in weights), "speedscope takes no weight below 0"
    for stack in samples:
        for frame in stack:
            assert isinstance(frame, int) and 0 <= frame < len(frames), f"frame {frame} of {len(frames)}"
    assert sum(weights) == profile["endValue"] - profile["startValue"], "weights fill the profile"


def main():
    rules = schema(sys.argv[1])
    jsonschema.Draft7Validator.check_schema(rules)
    for path in sys.argv[2:]:
        with open(path) as file:
            document = json.load(file)
        jsonschema.validate(document, rules)
        frames = document["shared"]["frames"]
        assert isinstance(document["activeProfileIndex"], int)
        assert 0 <= document["activeProfileIndex"] < len(document["profiles"])
        report = []
        for profile in document["profiles"]:
            check(profile, frames)
            leaves = collections.Counter()
            for stack, weight in zip(profile["samples"], profile["weights"]):
                leaves[frames[stack[-1]]["name"] if stack else ""] += weight
            report.append(
                {"name": profile["name"], "unit": profile["unit"], "total": sum(profile["weights"]), "leaves": leaves}
            )
        print(json.dumps(report))


main()
