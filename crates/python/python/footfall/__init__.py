"""Follow people through video and count them: the tracker, the counter and the evaluator of Footfall.

>>> import footfall
>>> tracker = footfall.Tracker(frame_rate=25)
>>> counter = footfall.Counter({"door": [(384, 576), (384, 0)]})

See help(footfall.Tracker), help(footfall.Counter) and help(footfall.evaluate). What other packages have is taken and
given by modules that import them only when they are used: footfall.supervision, footfall.ultralytics,
footfall.norfair, footfall.mot and footfall.dataframes.
"""

from ._footfall import (
    Counter,
    Crossing,
    DetectionFile,
    Detections,
    Tracker,
    Tracks,
    Visit,
    __version__,
    read_tracks,
)
from .evaluation import Evaluation, evaluate
from .passages import evaluate_crossings

__all__ = [
    "Counter",
    "Crossing",
    "DetectionFile",
    "Detections",
    "Evaluation",
    "Tracker",
    "Tracks",
    "Visit",
    "__version__",
    "evaluate",
    "evaluate_crossings",
    "read_tracks",
]
