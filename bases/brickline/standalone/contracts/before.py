"""The models as they were, for documents to be tried on."""

from contextlib import ExitStack
from pathlib import Path

from brickline.contracts import Contract, ContractError, GitModels, OldModels, Parser
from brickline.standalone.contracts.history import is_git_checkout, recorded_at


class ModelsOfBefore(ExitStack):
    """The models of a commit, got when the first is asked for: most checks need none.

    Without a `ref` they are those of the commit that last changed a snapshot, and schemas have to do where
    there is no such commit at hand. Those of a `ref` must be had.
    """

    def __init__(self, root: Path, ref: str | None) -> None:
        super().__init__()
        self._root, self._ref = root, ref
        self._models: OldModels | None = None
        self._asked = False
        self.problem = ""
        """Why there are none, once one was asked for."""

    def parser(self, contract: Contract) -> Parser | None:
        """Return what parses documents as the model of then did. Raises `ContractError`."""
        if not self._asked:
            self._asked = True
            try:
                self._models = self._found()
            except ContractError as error:
                if self._ref is not None:
                    raise
                self.problem = str(error)
        return None if self._models is None else self._models.parser(contract)

    def _found(self) -> OldModels | None:
        if not is_git_checkout(self._root):
            self.problem = "this is no checkout of git, which would have their models"
            return None
        return self.enter_context(GitModels(self._root, self._ref or recorded_at(self._root)))
