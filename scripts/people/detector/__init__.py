"""The person detector fine-tuned on made-up pictures of every tilt, without forgetting what it knew."""
