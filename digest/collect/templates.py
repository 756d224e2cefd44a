"""The templates as texts: those of the package, each overridden by the user's file of the same name."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from digest.errors import TemplateError

SUFFIX = ".j2"


def packaged_templates() -> dict[str, str]:
    """Return the templates that come with digest: name -> text.

    In an installed package they lie inside it, in a checkout beside it.
    """
    inside = files("digest").joinpath("templates")
    home: Traversable = inside if inside.is_dir() else Path(__file__).parents[2] / "templates"
    return {item.name: item.read_text("utf-8") for item in home.iterdir() if item.name.endswith(SUFFIX)}


def load_templates(folder: Path | None) -> dict[str, str]:
    """Return the packaged templates, with those found in `folder` (the user's own) in their place.

    Raises:
        TemplateError: the folder or a file in it cannot be read.
    """
    return packaged_templates() | (read_templates(folder) if folder else {})


def read_templates(folder: Path) -> dict[str, str]:
    """Return the templates of a user's folder: name -> text.

    Raises:
        TemplateError: the folder or a file in it cannot be read.
    """
    if not folder.is_dir():
        raise TemplateError(
            f"the templates folder {folder} does not exist", f"make one: digest templates export {folder}"
        )
    templates = {}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            templates[path.name] = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(f"the template {path} cannot be read: {error}", "save it as UTF-8 text") from error
    return templates


def export_templates(folder: Path, *, force: bool = False) -> list[Path]:
    """Write the packaged templates into `folder` for a user to change, and return their paths.

    Raises:
        TemplateError: a file is already there (and `force` is not set), or the folder cannot be written.
    """
    targets = {folder / name: text for name, text in sorted(packaged_templates().items())}
    standing = [path for path in targets if path.exists()]
    if standing and not force:
        raise TemplateError(f"{standing[0]} is already there", "choose another folder, or overwrite with --force")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in targets.items():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise TemplateError(
            f"{error.filename or folder} cannot be written: {error.strerror}", "choose another folder"
        ) from error
    return list(targets)
