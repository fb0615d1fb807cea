"""The networks that can be trained, by name; `common.Embedder` says what all of them do."""

from reid.networks.common import DIMENSION, HEIGHT, WIDTH, Embedder, Features
from reid.networks.deepsort import DeepSortNet
from reid.networks.googlenet import GoogLeNet
from reid.networks.mobilenet import MobileNet
from reid.networks.osnet import OsNet

__all__ = ["DIMENSION", "HEIGHT", "NETWORKS", "WIDTH", "Embedder", "Features", "build"]

NETWORKS = {"deepsort": DeepSortNet, "mobilenet": MobileNet, "googlenet": GoogLeNet, "osnet": OsNet}


def build(name: str, unit: bool = True, seen: int = 0) -> Embedder:
    """A network of fresh weights."""
    network = NETWORKS[name]()
    network.unit, network.seen = unit, seen
    return network
