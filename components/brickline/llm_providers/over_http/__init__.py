"""What the adapters to vendors share: one attempt over HTTP, in its time, its failures told apart."""
