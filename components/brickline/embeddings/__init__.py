"""Which earlier text a text may be taken for, so that its answer serves again; offline, and cautious.

A cosine cannot tell "may terminate" from "may not terminate". So a gate of plain rules, `difference`, decides
whether two texts say the same, and vectors only have a say in what it lets through.
"""

from brickline.embeddings.embedder import Embedder
from brickline.embeddings.errors import EmbedderFailed, EmbedderNotInstalled, EmbeddingsError, TextUnfit
from brickline.embeddings.gate import difference
from brickline.embeddings.index import MIGRATIONS, Match, SemanticIndex
from brickline.embeddings.shadow import ShadowExample, ShadowReport
from brickline.embeddings.word_llama import WordLlamaEmbedder

__all__ = [
    "MIGRATIONS",
    "Embedder",
    "EmbedderFailed",
    "EmbedderNotInstalled",
    "EmbeddingsError",
    "Match",
    "SemanticIndex",
    "ShadowExample",
    "ShadowReport",
    "TextUnfit",
    "WordLlamaEmbedder",
    "difference",
]
