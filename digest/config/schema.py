"""The JSON Schema of digest.toml (2020-12), made from the models: editors complete, explain and check with it."""

from __future__ import annotations

import tomllib
from typing import Any

from digest.config.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILLED = {"MailSettings": ("host", "from")}
"""What a preset or the login fills in, and need not be written."""


def make_schema() -> dict[str, Any]:
    """The schema of the whole file, with what each key means, an example and the default."""
    schema = Settings.model_json_schema(mode="validation")
    for name, table in schema["$defs"].items():
        table["properties"].pop("password", None)  # it never stands in the file
        wanted = [key for key in table.get("required", ()) if key not in _FILLED.get(name, ())]
        table.pop("required", None)
        if wanted:
            table["required"] = wanted
    schema["$defs"]["ScheduleSettings"]["properties"]["at"] = _allow_single(
        schema["$defs"]["ScheduleSettings"]["properties"]["at"]
    )
    return {"$schema": DIALECT, **_clean(schema), "title": "digest.toml"}


def _allow_single(listed: dict[str, Any]) -> dict[str, Any]:
    """A list that may be one text as well."""
    told = {key: listed[key] for key in ("description", "examples") if key in listed}
    shape = {key: value for key, value in listed.items() if key in ("type", "items")}
    return told | {"anyOf": [{"type": "string"}, {**shape, "minItems": 1}]}


def _clean(node: Any) -> Any:
    """The node with examples as values instead of lines of TOML, and without titles and defaults that say nothing."""
    if isinstance(node, list):
        return [_clean(one) for one in node]
    if not isinstance(node, dict):
        return node
    if (kinds := [one for one in node.get("anyOf", ()) if one != {"type": "null"}]) and len(kinds) == 1:
        node = {key: value for key, value in node.items() if key != "anyOf"} | kinds[0]  # TOML has no null
    cleaned = {key: _clean(value) for key, value in node.items() if key not in ("title", "examples", "default")}
    if "properties" in node:
        cleaned["properties"] = {key: _clean(value) for key, value in node["properties"].items()}
    if "examples" in node and isinstance(node["examples"], list):
        cleaned["examples"] = [_read_example(example) for example in node["examples"]]
    if isinstance(node.get("default"), str | int | float) and node["default"] != "":
        cleaned["default"] = node["default"]
    return cleaned


def _read_example(example: str) -> Any:
    value = tomllib.loads(f"value = {example}")["value"]
    return [str(one) for one in value] if isinstance(value, list) else value
