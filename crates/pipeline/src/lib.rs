//! Stages as threads joined by bounded channels: the frame, the ports and the run
