"""Documents made up from schemas, and whether a schema accepts one."""
