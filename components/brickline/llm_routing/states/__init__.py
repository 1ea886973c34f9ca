"""How the models fare: latencies, breakers and rate limits, shared by all workers."""
