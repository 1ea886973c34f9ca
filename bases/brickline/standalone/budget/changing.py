"""`brickline budget set`: from its options to the limit, and what comes of it."""

from dataclasses import dataclass

from brickline.budget import BudgetLine, Budgets, InvalidRequest, Period, Scope
from brickline.events import hasten
from brickline.llm_routing import CatalogueFile, ModelsFileError, WaitingForBudget
from brickline.persistence import Database
from brickline.settings import ModelsSettings, load_settings
from brickline.standalone.money import read_usd
from brickline.standalone.wrong_option import WrongOption


@dataclass(frozen=True, slots=True)
class Wanted:
    """A limit, as given."""

    tenant: str | None
    model: str | None
    window: str
    limit_usd: str | None
    none: bool

    def scope(self) -> Scope:
        """Return whose calls are meant. Raises `WrongOption`."""
        if self.tenant is not None and self.model is not None:
            raise WrongOption("--tenant and --model are two limits: set one after the other.")
        try:
            if self.tenant is not None:
                return Scope.tenant(self.tenant)
            return Scope.overall() if self.model is None else Scope.model(self.model)
        except InvalidRequest as error:
            raise WrongOption(f"{error}.") from error

    def limit_micros(self) -> int | None:
        """Return the limit; None: there is to be none. Raises `WrongOption`."""
        if self.none == (self.limit_usd is not None):
            raise WrongOption("Give either --limit-usd AMOUNT, or --none to remove the limit.")
        return None if self.limit_usd is None else read_usd("--limit-usd", self.limit_usd)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a limit."""

    scope: Scope
    period: Period
    before: BudgetLine | None
    """The limit as it was; None: there was none."""
    after: BudgetLine | None
    woken: int
    """How many events that waited for budget are tried again."""

    @property
    def concerns_nobody(self) -> bool:
        """Whether it limits a model that the models file at hand does not name: perhaps a slip."""
        models_file = load_settings(ModelsSettings).models_file
        if self.after is None or self.scope.kind != "model" or models_file is None:
            return False
        try:
            return CatalogueFile(models_file).current().named(self.scope.name) is None
        except ModelsFileError:
            return False  # no reason not to set a limit


async def change(database: Database, scope: Scope, period: Period, limit_micros: int | None) -> Change:
    """Set the limit, or remove it; let what waits for budget try again where that gives it room."""
    budgets = Budgets(database)
    before = await _line(budgets, scope, period)
    if limit_micros is None:
        await budgets.remove_limit(scope, period)
    else:
        await budgets.set_limit(scope, period, limit_micros)
    woken = 0
    if before is not None and (limit_micros is None or limit_micros > before.limit_micros):
        async with database.connection() as connection:
            woken = await hasten(connection, waiting_for=WaitingForBudget.waiting_for)
    return Change(scope, period, before, await _line(budgets, scope, period), woken)


async def _line(budgets: Budgets, scope: Scope, period: Period) -> BudgetLine | None:
    found = (line for line in await budgets.show() if (line.scope, line.period) == (scope, period))
    return next(found, None)
