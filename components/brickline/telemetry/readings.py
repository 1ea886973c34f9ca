"""Gauges that are looked up when somebody asks, instead of being kept up to date."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class SampledGauge:
    """What a reading is of: a name as Prometheus has them (unit at the end), and a sentence for people."""

    name: str
    help: str

    def reads(self, value: float, **labels: str) -> "Reading":
        """Make a reading. Labels name what there is few of: never a tenant, an event or a trace."""
        return Reading(self, value, labels)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one gauge stood at."""

    gauge: SampledGauge
    value: float
    labels: Mapping[str, str]


class ReadingsCollector(Collector):
    """Readings, however many took them, as Prometheus wants them: each gauge and each label set once."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Metric]:
        """Yield each gauge with all its readings; of two with the same labels, the last."""
        gauges: dict[SampledGauge, dict[frozenset[tuple[str, str]], Reading]] = {}
        for reading in self._readings:
            gauges.setdefault(reading.gauge, {})[frozenset(reading.labels.items())] = reading
        for gauge, readings in gauges.items():
            metric = Metric(gauge.name, gauge.help, "gauge")
            for reading in readings.values():
                metric.add_sample(gauge.name, dict(reading.labels), reading.value)
            yield metric
