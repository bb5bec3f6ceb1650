#!/bin/sh
# Installs Tocsin with its embedding model, never pulling CUDA onto a machine without a GPU. Called by the Makefile.
set -eu
index=${TORCH_INDEX:+--index-url $TORCH_INDEX}
extras="semantic,model,postgres,channels"
if ! $PIP show -q torch 2>/dev/null; then
  # shellcheck disable=SC2086
  if $PIP install -q --no-deps --retries 0 --timeout 10 $index "$TORCH+cpu" 2>/dev/null; then
    echo "torch: the CPU build"
  elif [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ] || command -v nvidia-smi >/dev/null 2>&1; then
    echo "torch: the build that pip gives here"
  else
    extras=postgres,channels
    echo "torch: no CPU build found and no GPU here, so Tocsin is set up without embeddings: changed passages are paired"
    echo "by their letters alone. To have them: make setup TORCH_INDEX=<PyTorch's CPU wheel index, see its install page>"
  fi
fi
$PIP install -q -c constraints.txt -e ".[$extras]"
