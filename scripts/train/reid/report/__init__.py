"""A run as one HTML page that needs nothing else: pictures are inside it.

It shows crops of the people that it was judged on, so it stays where the data is.
"""

from reid.report.page import report

__all__ = ["report"]
