"""Train, judge and ship the embedder that tells people apart."""
