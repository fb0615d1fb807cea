use super::names;

#[test]
fn a_source_names_its_sequence() {
    for source in ["S-02", "clips/S-02.avi", "mot17/S-02/det/det.txt", "S-02/img1"] {
        assert!(names(source, "S-02"), "{source}");
    }
    for source in ["", "S-021.avi", "clips/other.avi", "rtsp://host/S"] {
        assert!(!names(source, "S-02"), "{source}");
    }
}
