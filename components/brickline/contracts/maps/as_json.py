"""The map for tools.

```
{"format": 1,
 "services": [{"name", "tier", "projects": [...], "publishes": [topic ...],
               "groups": [{"id", "topic", "publishes": [topic ...]} ...]} ...],
 "topics": [{"name", "version", "reads": [version ...], "model", "announced",
             "producers": [party ...], "readers": [party ...]} ...],
 "problems": [{"kind", "says"} ...]}
party: {"service", "tier", "group": id or null, "projects": [...]}
```

Services come by tier and name, topics in the order of the pipeline. A member may be added under the same
`format`; one that is removed or means something else raises it.
"""

import json

from pydantic import JsonValue

from brickline.contracts.pipeline import Deployed, Party, Pipeline, Topic
from brickline.contracts.pipeline.models import name_of

FORMAT = 1


def as_json(pipeline: Pipeline) -> str:
    """Write the map as one JSON object."""
    document: JsonValue = {
        "format": FORMAT,
        "services": [_service(each) for each in pipeline.services],
        "topics": [_topic(topic) for topic in pipeline.topics],
        "problems": [{"kind": str(each.kind), "says": each.says} for each in pipeline.problems()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _service(each: Deployed) -> JsonValue:
    return {
        "name": each.service.name,
        "tier": each.service.tier,
        "projects": list(each.projects),
        "publishes": [payload.topic for payload in each.service.publishes],
        "groups": [
            {
                "id": consumer.group_id,
                "topic": consumer.payload_type.topic,
                "publishes": [payload.topic for payload in consumer.publishes],
            }
            for consumer in each.service.consumers
        ],
    }


def _topic(topic: Topic) -> JsonValue:
    return {
        "name": topic.name,
        "version": topic.payload.version,
        "reads": list(topic.payload.readable()),
        "model": name_of(topic.payload),
        "announced": topic.announced,
        "producers": [_party(party) for party in topic.producers],
        "readers": [_party(party) for party in topic.readers],
    }


def _party(party: Party) -> JsonValue:
    return {
        "service": party.service,
        "tier": party.tier,
        "group": party.group_id,
        "projects": list(party.projects),
    }
