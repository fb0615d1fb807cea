//! The files people keep: MOT text, JSON lines, and files that appear whole or not at all.
