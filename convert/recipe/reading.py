"""From TOML text to a valid recipe, or to everything that is wrong with it."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from convert.recipe.tables import read_recipe
from edge.config.document import read_text, table_of
from edge.errors import ConfigError

if TYPE_CHECKING:
    from convert.recipe.settings import Recipe

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
    names = packaged()
    near = get_close_matches(str(path), names, n=1)
    guess = f"did you mean {near[0]}?" if near else f"the package has {' and '.join(names)}"
    text = read_text(path, kind="a recipe", missing=f"no such recipe; {guess}", max_bytes=MAX_BYTES)
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
    top, faults = table_of(text, origin)
    recipe = read_recipe(top, Path(origin).parent)
    top.finish()
    if found := faults.in_order():
        raise ConfigError(*found)
    return recipe
