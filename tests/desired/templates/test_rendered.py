"""Values in their places."""

import yaml

from runner.desired.templates.rendered import Rendered


def test_a_node_that_is_gone_is_not_taken_for_the_next() -> None:
    """Python gives the place in memory of what is gone to what comes next: a matrix of runs makes thousands."""
    rendered = Rendered("x", "", values=tuple(range(1_000)))
    mark = yaml.Mark("x", 0, 0, 0, None, None)
    for number in range(1_000):
        node = yaml.ScalarNode("tag:yaml.org,2002:str", f"\ue000{number}\ue001", mark, mark)
        assert rendered.filled(node).value == str(number)
        del node


def test_an_alias_is_filled_in_once() -> None:
    rendered = Rendered("x", "", values=([1, 2],))
    mark = yaml.Mark("x", 0, 0, 0, None, None)
    node = yaml.ScalarNode("tag:yaml.org,2002:str", "\ue0000\ue001", mark, mark)
    assert rendered.filled(node) is rendered.filled(node)
