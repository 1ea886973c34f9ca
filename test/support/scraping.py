"""What a scrape shows, for a test to ask."""

from prometheus_client.parser import text_string_to_metric_families

from brickline.telemetry import METRICS, Metrics


class Page:
    """One scrape, read as Prometheus would."""

    def __init__(self, text: str) -> None:
        self.families = list(text_string_to_metric_families(text))

    def value(self, name: str, **labels: str) -> float | None:
        """The value of the one series of that name with these labels, None if there is none."""
        found = [
            sample.value
            for family in self.families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) < 2, f"{name} {labels} stands for {len(found)} series"
        return found[0] if found else None


async def scraped(metrics: Metrics = METRICS) -> Page:
    """Scrape now."""
    return Page((await metrics.scrape()).decode())
