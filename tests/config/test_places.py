from __future__ import annotations

import pytest

from edge.config.places import KeyPath, Places

TEXT = '''\
top = 1
[mqtt]
url = "x"
"quoted" = 2
banner = """
key = 3
[not_a_table]
"""
after.dotted = 4
[[camera]]
name = "a"
[camera.detect]
clear_s = 5
[[camera]]  # another
name = "b"
[camera.detect]
clear_s = 6
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("top",), 1, id="at-the-top"),
        pytest.param(("mqtt",), 2, id="a-table"),
        pytest.param(("mqtt", "url"), 3, id="in-a-table"),
        pytest.param(("mqtt", "quoted"), 4, id="a-quoted-key"),
        pytest.param(("mqtt", "after", "dotted"), 9, id="a-dotted-key-after-a-long-string"),
        pytest.param(("not_a_table",), None, id="nothing-inside-a-long-string"),
        pytest.param(("camera", 0, "name"), 11, id="first-of-an-array"),
        pytest.param(("camera", 0, "detect", "clear_s"), 13, id="a-table-of-the-first"),
        pytest.param(("camera", 1, "name"), 15, id="second-of-an-array"),
        pytest.param(("camera", 1, "detect", "clear_s"), 17, id="a-table-of-the-second"),
        pytest.param(("camera", 1, "fps"), 14, id="a-missing-key-is-at-its-table"),
        pytest.param(("nowhere",), None, id="a-missing-table-is-nowhere"),
    ],
)
def test_keys_are_found_where_they_stand(path: KeyPath, line: int | None) -> None:
    assert Places(TEXT).line(path) == line
