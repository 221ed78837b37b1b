#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The JSON Schemas of profiles and configurations, judged by a real validator: sound ones pass, broken ones do not."""

import glob
import json
import os
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SRCDIR = os.environ.get("srcdir", ".")


def as_json(value):
    """What JSON can say: its keys are texts."""
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value


def errors_of(validator, path):
    with open(path, encoding="utf-8") as file:
        documents = list(yaml.safe_load_all(file))
    return [error for document in documents for error in validator.iter_errors(as_json(document))]


SOUND_CONFIGS = (
    "",
    "ignore: CVM207",
    "select: [CVM2, policy-debug-allowed]\nignore: [CVM210]\nseverity: {CVM505: note}\nfailOn: warning\n"
    "host: epyc-genoa-snp\nperFile: [{files: 'legacy/*.xml', ignore: [CVM401], severity: {CVM4: warning}}]",
)
# The mistakes of tests/unit/test_config.c that a schema can see.
BROKEN_CONFIGS = ("ignor: [CVM207]", "select: []", "ignore:", "severity: [CVM2]", "severity: {CVM2: eror}", "failOn: 2",
                  "host: [a]", "perFile: [CVM2]", "perFile: [{ignore: CVM2}]", "perFile: {files: a, failOn: note}", "- ignore")


def judge_configs():
    with open(os.path.join(SRCDIR, "schemas", "config.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    for text in SOUND_CONFIGS + BROKEN_CONFIGS:
        taken = validator.is_valid(yaml.safe_load(text) or {})
        if taken != (text in SOUND_CONFIGS):
            print(f"configuration {text!r}: {'taken' if taken else 'refused'}")
            failed = 1
    return failed


def main():
    with open(os.path.join(SRCDIR, "schemas", "profile.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    sound = sorted(glob.glob(os.path.join(SRCDIR, "profiles", "**", "*.yaml"), recursive=True) +
                   glob.glob(os.path.join(SRCDIR, "tests", "profiles", "*.yaml")))
    broken = sorted(glob.glob(os.path.join(SRCDIR, "tests", "profiles", "broken", "*.yaml")))
    failed = judge_configs()
    for path in sound:
        for error in errors_of(validator, path):
            if os.sep + "base" + os.sep in path and error.validator == "required":
                continue  # there to be extended, so it need not be complete
            print(f"{path}: refused at {error.json_path}: {error.message[:200]}")
            failed = 1
    for path in broken:
        if not errors_of(validator, path):
            print(f"{path}: taken, though broken")
            failed = 1
    if not sound or not broken:
        print("no profiles to judge")
        failed = 1
    print(f"{len(sound)} sound and {len(broken)} broken profiles judged")
    return failed


if __name__ == "__main__":
    sys.exit(main())
