//! Scores for tracks and crossings against ground truth.
