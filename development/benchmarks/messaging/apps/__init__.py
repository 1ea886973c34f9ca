"""The contestants: one program each, started with a `Job` and answering with what its `Meter` saw."""
