"""What keeps the brick from a verdict. A change that breaks a reader is a verdict, not an error."""


class ContractError(Exception):
    """Root of everything this brick raises."""


class UnrepresentableModel(ContractError):
    """Raised when a model has no schema: it holds a type that JSON has no form for, or is broken."""


class UnreadableSchema(ContractError):
    """Raised when the text of a schema is not one that this brick wrote."""


class MismatchedContracts(ContractError):
    """Raised when contracts of different topics are to be compared."""


class NoExample(ContractError):
    """Raised when no document of a schema can be made up: of a hard pattern, or of a type without an end."""
