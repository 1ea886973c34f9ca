"""From a pydantic model to the schema of what it writes or reads.

Pydantic's own JSON Schema leaves out what decides whether a document is read: validators, configuration, time
zones, keys of maps that are no strings, second names of a field. So this is derived from the core schema,
which is what pydantic itself runs, and a type in it that is not known here is an error.
"""
