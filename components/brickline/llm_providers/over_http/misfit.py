"""What is wrong with an answer that is not of its vendor's shape."""

from pydantic import ValidationError


def misfit(error: ValidationError) -> str:
    """The first thing that is wrong, and where; never what stands there, which may quote the document."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return "it is not JSON"
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}"
