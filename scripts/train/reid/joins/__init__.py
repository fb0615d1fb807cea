"""Tracks that may be of one person: proposed by likeness, confirmed by somebody who looks, then joined."""

from reid.joins.apply import join
from reid.joins.propose import propose

__all__ = ["join", "propose"]
