"""From digest.toml and the environment to Settings, or to one error that tells every mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from digest.config.document import Document, read_document
from digest.config.environment import Overrides, apply_overrides, read_overrides
from digest.config.groups import find_group_mistakes
from digest.config.lines import KeyPath
from digest.config.mail_defaults import complete_mail
from digest.config.mistakes import Mistake, Places, drop_secret, find_mistakes, translate_errors
from digest.config.settings import Settings
from digest.errors import ConfigError
from digest.places import find_data

READS_VERSION = 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, the files they are from, and the variables that gave some of them."""

    settings: Settings
    document: Document
    variables: Mapping[KeyPath, str]


def load_settings(path: Path, environ: Mapping[str, str], data_dir: Path | None = None) -> Settings:
    """The settings of the file and the environment, paths made absolute; raises ConfigError with every mistake.

    Relative paths are below the folder of the file, `store.path` below `data_dir` (by default the user's data
    directory).  The environment (`DIGEST_MAIL__HOST`) goes before the file.
    """
    return load_document(path, environ, data_dir).settings


def load_document(
    path: Path,
    environ: Mapping[str, str],
    data_dir: Path | None = None,
    replaced: Mapping[Path, str] | None = None,
) -> Loaded:
    """The settings with what they are from; raises ConfigError with every mistake.

    `replaced` are texts to take instead of what stands in files of the configuration, by their absolute paths.
    """
    path = path.absolute()
    document = read_document(path, replaced)
    for part in document.parts:
        refuse_newer(part.tree, part.path)
    overrides = read_overrides(environ)
    places = Places(path.name, document.places, overrides.variables)
    context = _give_context(path.parent, environ, data_dir)
    settings, mistakes = _build_settings(document.tree, overrides, context, complete=True)
    mistakes += document.mistakes
    if settings is None or mistakes:
        raise _report(str(path), places.describe(mistakes))
    return Loaded(settings, document, overrides.variables)


def default_settings(environ: Mapping[str, str], cwd: Path, data_dir: Path | None = None) -> Settings:
    """The settings of someone without a file: no mail, no source, and one edition named `daily`, good for a preview."""
    overrides = read_overrides(environ)
    raw: dict[str, Any] = {"version": READS_VERSION, "edition": [{"name": "daily", "title": "每日摘要"}]}
    context = _give_context(cwd.absolute(), environ, data_dir)
    settings, mistakes = _build_settings(raw, overrides, context, complete=False)
    if settings is None or mistakes:
        raise _report("the environment", Places(variables=overrides.variables).describe(mistakes))
    return settings


def read_template() -> str:
    """The commented digest.toml that `digest init` writes."""
    return (resources.files("digest") / "data" / "digest.toml.template").read_text(encoding="utf-8")


def _give_context(folder: Path, environ: Mapping[str, str], data_dir: Path | None) -> dict[str, object]:
    """What the validators of paths need to know."""
    credentials = environ.get("CREDENTIALS_DIRECTORY", "")
    return {"folder": folder, "data_dir": find_data(data_dir), "credentials": credentials}


def _build_settings(
    raw: dict[str, Any], overrides: Overrides, context: Mapping[str, object], *, complete: bool
) -> tuple[Settings | None, list[Mistake]]:
    """The settings, or None, and every mistake on the way; a Settings beside mistakes is not to be used."""
    mistakes = [*overrides.mistakes, *drop_secret(raw)]
    apply_overrides(raw, overrides)
    frozen = _freeze(raw)
    mistakes += complete_mail(frozen)
    if isinstance(store := frozen.setdefault("store", {}), dict) and "url" not in store:
        store.setdefault("path", "digest.db")
    mistakes += find_mistakes(frozen, complete=complete)
    mistakes += find_group_mistakes(frozen)
    try:
        return Settings.model_validate(frozen, context=dict(context)), mistakes
    except ValidationError as error:
        return None, mistakes + list(translate_errors(error))


def _freeze(value: Any) -> Any:
    """The value with tuples for lists, which is what strict models of frozen settings take."""
    if isinstance(value, dict):
        return {key: _freeze(inner) for key, inner in value.items()}
    return tuple(_freeze(inner) for inner in value) if isinstance(value, list) else value


def _report(where: str, mistakes: tuple[str, ...]) -> ConfigError:
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return ConfigError(f"{where} has {count}", "mend what is listed and try again", mistakes)


def refuse_newer(raw: Mapping[str, Any], path: Path) -> None:
    """Raise ConfigError where a file is of a version that a newer digest writes."""
    version = raw.get("version")
    if type(version) is int and version > READS_VERSION:
        raise ConfigError(
            f"{path} says version = {version}, and this digest reads version {READS_VERSION} of the configuration",
            "install a newer digest: pip install --upgrade textrank-digest",
        )
