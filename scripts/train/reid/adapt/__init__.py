"""An embedder made at home at a site: fine-tuned on tracks of its own footage, that nobody has labelled.

A track is one person, and two tracks that were in one picture together are two people, for certain; of any other two
nothing is known, and nothing is said. So positives are of one track and negatives of certain strangers alone.
"""

from reid.adapt.run import adapt

__all__ = ["adapt"]
