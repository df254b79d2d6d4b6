"""Lets ``python -m edge`` stand for ``stillwatch``."""

from __future__ import annotations

from edge.cli import main

raise SystemExit(main())
