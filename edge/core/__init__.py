"""The rules: pure, numpy and dataclasses only."""
