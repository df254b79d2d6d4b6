"""Lets ``python -m convert`` stand for ``stillwatch-convert``."""

from __future__ import annotations

from convert.cli import main

raise SystemExit(main())
