"""The map as a Mermaid flow chart, which GitHub draws."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from brickline.contracts.pipeline import Deployed, Party, Pipeline, Topic

_TO_ESCAPE = re.compile(r"[^\w .,-]")
_NOT_IN_IDS = re.compile(r"\W+", re.ASCII)
_ANY, _NOBODY = "any", "nobody"
_LABELS = {_ANY: "any service", _NOBODY: "nobody"}
_Way = tuple[str, str, str]
"""From a node, by a kind of arrow, to a node."""


def mermaid(pipeline: Pipeline) -> str:
    """Draw each tier with its services, which are named after the projects that run them, with their groups.

    Between two services there is one arrow, labelled with all the topics that go that way; announcements
    have dotted ones, from any service. Groups are no nodes of their own: the layout that most programs use
    would then spread a service all over the picture.
    """
    nodes = _Nodes(pipeline)
    lines = ["flowchart LR"]
    for tier, services in groupby(pipeline.services, lambda each: each.service.tier):
        lines += [f'  subgraph tier{_identifier(str(tier))}["tier {tier}"]']
        lines += [f'    {nodes.of(each.service.name)}["{_label(each, pipeline)}"]' for each in services]
        lines += ["  end"]
    ways: dict[_Way, list[str]] = {}
    for topic in pipeline.topics:
        for way in _ways(topic, nodes):
            ways.setdefault(way, []).append(_escaped(topic.name))
    lines += [f'  {node}(["{label}"])' for node, label in _LABELS.items() if any(node in way for way in ways)]
    lines += [f'  {start} {arrow}|"{_lines(names)}"| {end}' for (start, arrow, end), names in ways.items()]
    return "".join(f"{line}\n" for line in lines)


class _Nodes:
    """An identifier per service: safe from Mermaid's own words, never two alike."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._ids: dict[str, str] = {}
        for name in dict.fromkeys(each.service.name for each in pipeline.services):
            wanted = free = f"service_{_identifier(name)}"
            number = 1
            while free in self._ids.values():
                number += 1
                free = f"{wanted}_{number}"
            self._ids[name] = free

    def of(self, service: str) -> str:
        """Return the node of a service."""
        return self._ids[service]


def _identifier(name: str) -> str:
    return _NOT_IN_IDS.sub("_", name)


def _label(each: Deployed, pipeline: Pipeline) -> str:
    groups = dict.fromkeys(consumer.group_id for consumer in each.service.consumers)
    return _lines([f"<b>{_escaped(_title(each, pipeline))}</b>", *map(_escaped, groups)])


def _title(each: Deployed, pipeline: Pipeline) -> str:
    """Name the projects without those that run everything; the service where that is not clear."""
    others = [set(other.projects) for other in pipeline.services if other is not each]
    named = [name for name in each.projects if not others or not all(name in other for other in others)]
    clear = named and not any(set(named) <= other for other in others)
    return ", ".join(named) if clear else each.service.name


def _ways(topic: Topic, nodes: _Nodes) -> Iterator[_Way]:
    starts = [_ANY] if topic.announced and topic.producers else _nodes_of(topic.producers, nodes)
    ends = _nodes_of(topic.readers, nodes)
    if starts or ends:
        arrow = "-.->" if topic.announced else "-->"
        yield from ((start, arrow, end) for start in starts or [_NOBODY] for end in ends or [_NOBODY])


def _nodes_of(parties: Sequence[Party], nodes: _Nodes) -> list[str]:
    return list(dict.fromkeys(nodes.of(party.service) for party in parties))


def _lines(parts: Sequence[str]) -> str:
    return "<br/>".join(parts)


def _escaped(name: str) -> str:
    return _TO_ESCAPE.sub(lambda found: f"#{ord(found[0])};", name)
