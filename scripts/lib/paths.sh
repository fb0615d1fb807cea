# shellcheck shell=bash
# Where set-up keeps what it fetches and makes; the program looks in the same places.
# Meant to be sourced.
#
#   $FOOTFALL_CACHE/onnxruntime/1.31.1/lib/libonnxruntime.so
#   $FOOTFALL_CACHE/onnxruntime-gpu/current/lib/   the same with CUDA, from scripts/setup-gpu
#   $FOOTFALL_CACHE/models/nanodet-g.onnx, nanodet-g-int8.onnx, and nanodet-g-overhead as both
#   $FOOTFALL_CACHE/models/mobilenetv2-imagenet.pt   what training begins with
#   $FOOTFALL_CACHE/clips/vtest.avi
#   $FOOTFALL_CACHE/downloads/   the detector's source graph; archives while they are needed
#   $FOOTFALL_CACHE/venv/        Python with numpy and onnx, for the conversion
#   $FOOTFALL_CACHE/dev/         the same with pytest, ruff, onnxruntime and OpenCV, for scripts/test
#   $FOOTFALL_CACHE/train/       Debian's PyTorch with onnx and onnxruntime, for scripts/train
#   $FOOTFALL_CACHE/tools/       cargo-deny, for .ci/run

FOOTFALL_CACHE=${FOOTFALL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/footfall}
if [[ $FOOTFALL_CACHE != /* ]]; then FOOTFALL_CACHE=$PWD/$FOOTFALL_CACHE; fi
export FOOTFALL_CACHE
