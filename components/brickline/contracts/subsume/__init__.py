"""Whether a reader's schema accepts every document of a writer's, and if not, where not and why."""
