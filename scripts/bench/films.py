"""The sequences with pixels whose people are cropped: file in DATA/video, of how many frames one is taken, frames."""

FILMS = {"PETS09-S2L1": ("PETS09-S2L1.avi", 8, 795), "TUD-Stadtmitte": ("TUD-Stadtmitte.mp4", 5, 179)}
