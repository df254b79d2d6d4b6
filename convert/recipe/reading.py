"""From TOML text to a valid recipe, or to everything that is wrong with it."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from convert.recipe.tables import read_recipe
from edge.config.places import Places
from edge.config.table import Faults, Table
from edge.errors import ConfigError

if TYPE_CHECKING:
    from convert.recipe.settings import Recipe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGED = Path(__file__).parents[1] / "recipes"
MAX_BYTES = 64 * 1024


def packaged() -> list[str]:
    """Return the names of the recipes that come with the package."""
    return sorted(path.stem for path in PACKAGED.glob("*.toml"))


def find(name: str) -> Path:
    """Return where a recipe is: one of the package by its name, any other by its path."""
    return PACKAGED / f"{name}.toml" if name in packaged() else Path(name)


def load(path: Path) -> Recipe:
    """Read a recipe from a file of at most 64 KiB.

    Raises:
        ConfigError: The file cannot be read, or it holds faults; all are told.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        names = packaged()
        near = get_close_matches(str(path), names, n=1)
        guess = f"; did you mean {near[0]}?" if near else f"; the package has {' and '.join(names)}"
        msg = f"{path}: no such recipe{guess}"
        raise ConfigError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read: {error}"
        raise ConfigError(msg) from error
    if len(content) > MAX_BYTES:
        msg = f"{path}: longer than {MAX_BYTES} bytes; this is hardly a recipe"
        raise ConfigError(msg)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{path}:{line}: not UTF-8 text; save the file as UTF-8"
        raise ConfigError(msg) from error
    return parse(text, origin=str(path))


def parse(text: str, *, origin: str) -> Recipe:
    """Read a recipe.

    Args:
        text: TOML.
        origin: The file's path, for messages; a relative ``footage`` counts from
            its folder.

    Raises:
        ConfigError: With every fault there is.
    """
    values = _toml(text, origin)
    faults = Faults(origin, Places(text))
    top = Table(values, (), faults)
    recipe = read_recipe(top, values, Path(origin).parent)
    top.finish()
    if found := faults.in_order():
        raise ConfigError(*found)
    return recipe


def _toml(text: str, origin: str) -> dict[str, object]:
    try:
        values: dict[str, object] = tomllib.loads(text)
    except RecursionError as error:
        msg = f"{origin}: nested too deeply"
        raise ConfigError(msg) from error
    except ValueError as error:  # TOMLDecodeError, or a number with thousands of digits
        line = re.search(r" \(at line (\d+), (column \d+)\)", str(error))
        place = f"{origin}:{line[1]}: {line[2]}" if line else origin
        what = str(error).replace(line[0], "") if line else str(error)
        msg = f"{place}: not TOML: {what}"
        raise ConfigError(msg) from error
    return values
