"""What development and tests run and no service contains: throw-away brokers, all services at once."""
