"""Which model is asked: the ranking, its explanation, and what another would have done."""
