"""What to ask of language models, which of them to ask, and what it may cost.

A `Task` is a versioned prompt with a bounded output model. `LLMClient.generate` turns a task and a text into
a validated instance of that model, or into one of the errors below: it ranks the models of a `ModelPool`,
reserves the money, asks a `Provider`, has a wrong answer put right, and never asks twice what was answered.
"""

from brickline.llm_routing.asking.answer import Answer
from brickline.llm_routing.asking.client import LLMClient
from brickline.llm_routing.books.calls import CallRecord, read_calls
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.books.spending import Amount, Saved, Spending, Wasted, read_spending
from brickline.llm_routing.call import Call
from brickline.llm_routing.choosing.decision import Candidate, Decision, Exclusion, ExclusionKind
from brickline.llm_routing.choosing.explaining import explain
from brickline.llm_routing.choosing.router import route
from brickline.llm_routing.choosing.simulation import Figures, OnProgress, Simulated, simulate
from brickline.llm_routing.errors import (
    AmbiguousCall,
    BudgetRefused,
    CallInFlight,
    InvalidOutput,
    InvalidTask,
    LLMDeferred,
    LLMError,
    NoProvider,
    PermanentLLMError,
    ProviderRefused,
    ProviderUnavailable,
    RateLimited,
    TextTooLong,
    TransientLLMError,
    WaitingForBudget,
    WaitingForHolds,
)
from brickline.llm_routing.models.capability import Capability
from brickline.llm_routing.models.catalogue import (
    DEFAULT_CATALOGUE,
    Catalogue,
    OnAmbiguous,
    Routing,
    Weights,
    WhenSpent,
)
from brickline.llm_routing.models.catalogue_errors import InvalidCatalogue, ModelsFileError
from brickline.llm_routing.models.catalogue_file import CatalogueFile
from brickline.llm_routing.models.model import Model, ProviderKind
from brickline.llm_routing.models.models_file import load_catalogue
from brickline.llm_routing.models.pool import ModelPool, ProviderFactory
from brickline.llm_routing.provider import (
    Correction,
    JsonSchema,
    Provider,
    ProviderRequest,
    ProviderResponse,
    Usage,
)
from brickline.llm_routing.running import LLM_MIGRATIONS, running_client
from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.states.states import ModelStates
from brickline.llm_routing.task import OutputT, Task

__all__ = [
    "DEFAULT_CATALOGUE",
    "LLM_MIGRATIONS",
    "AmbiguousCall",
    "Amount",
    "Answer",
    "BudgetRefused",
    "Call",
    "CallInFlight",
    "CallOutcome",
    "CallRecord",
    "Candidate",
    "Capability",
    "Catalogue",
    "CatalogueFile",
    "Correction",
    "Decision",
    "Exclusion",
    "ExclusionKind",
    "Figures",
    "InvalidCatalogue",
    "InvalidOutput",
    "InvalidTask",
    "JsonSchema",
    "LLMClient",
    "LLMDeferred",
    "LLMError",
    "Model",
    "ModelPool",
    "ModelState",
    "ModelStates",
    "ModelsFileError",
    "NoProvider",
    "OnAmbiguous",
    "OnProgress",
    "OutputT",
    "PermanentLLMError",
    "Provider",
    "ProviderFactory",
    "ProviderKind",
    "ProviderRefused",
    "ProviderRequest",
    "ProviderResponse",
    "ProviderUnavailable",
    "RateLimited",
    "Routing",
    "Saved",
    "Simulated",
    "Spending",
    "Task",
    "TextTooLong",
    "TransientLLMError",
    "Usage",
    "WaitingForBudget",
    "WaitingForHolds",
    "Wasted",
    "Weights",
    "WhenSpent",
    "explain",
    "load_catalogue",
    "read_calls",
    "read_spending",
    "route",
    "running_client",
    "simulate",
]
