"""Documents that a writer may write, and what becomes of those of an older version in a real model."""
