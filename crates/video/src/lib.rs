//! OpenCV: cameras, files and streams in; the annotated video out
