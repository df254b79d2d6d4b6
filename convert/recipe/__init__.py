"""Recipes: one TOML file that says how a model is made, read strictly into frozen types."""

from convert.recipe.reading import find, load, packaged, parse
from convert.recipe.settings import (
    DataRecipe,
    GateRecipe,
    LookRecipe,
    NetworkName,
    NetworkRecipe,
    PruneRecipe,
    QuantizeMethod,
    QuantizeRecipe,
    Recipe,
    TileRecipe,
    TrainRecipe,
)

__all__ = [
    "DataRecipe",
    "GateRecipe",
    "LookRecipe",
    "NetworkName",
    "NetworkRecipe",
    "PruneRecipe",
    "QuantizeMethod",
    "QuantizeRecipe",
    "Recipe",
    "TileRecipe",
    "TrainRecipe",
    "find",
    "load",
    "packaged",
    "parse",
]
