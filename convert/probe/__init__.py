"""``stillwatch-convert probe``: how small a change is found in real footage of a view."""
