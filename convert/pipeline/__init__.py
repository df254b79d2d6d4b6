"""What carries a recipe from stage to stage: the table, the runner, artifacts with provenance."""
