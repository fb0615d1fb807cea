//! What exporters of other makers write into a file: class names, input size, stride, task.

use crate::ModelFault;

/// The value of the key by what the exporter wrote, and its name there.
pub(super) fn value(key: &str, custom: impl Fn(&str) -> Option<String>) -> Option<(String, &'static str)> {
    match key {
        "names" => ["names", "class_names", "classes"].iter().find_map(|&name| {
            let text = custom(name)?;
            super::names::read(text.trim()).is_some().then_some((text, name))
        }),
        // Sides of the input, height first.
        "size" => custom("imgsz").and_then(|text| Some((sides(&text)?, "imgsz"))),
        "stride" => custom("stride")
            .filter(|text| super::parse::positive(text.trim()).is_some())
            .map(|text| (text, "stride")),
        // As LibreYOLO calls its families and where it puts the picture.
        "family" => {
            let family = custom("model_family")?;
            let (_, own) = FAMILIES.into_iter().find(|(name, _)| *name == family.trim())?;
            Some((own.to_owned(), "model_family"))
        }
        "nms" => (custom("model_family")?.trim() == "yolo9_e2e").then(|| ("no".to_owned(), "model_family")),
        "letterbox" => {
            (custom("letterbox_pad")?.trim() == "topleft").then(|| ("top-left".to_owned(), "letterbox_pad"))
        }
        _ => None,
    }
}

/// Families of `LibreYOLO`, and those that they are read as. The others are told by their outputs.
const FAMILIES: [(&str, &str); 4] =
    [("yolox", "yolox"), ("yolo7", "yolov8"), ("yolo9", "yolov8"), ("yolo9_e2e", "yolov8")];

/// Refuses a network that its exporter made for something else.
///
/// # Errors
/// When its metadata say so.
pub(super) fn check_task(custom: impl Fn(&str) -> Option<String>) -> Result<(), ModelFault> {
    // The exporter's key is known to be meant so only beside its others.
    let (Some(task), Some(_)) = (custom("task"), custom("names")) else { return Ok(()) };
    let found = match task.trim() {
        "classify" => "say what is on a whole picture",
        "obb" => "find boxes that are turned",
        _ => return Ok(()),
    };
    Err(ModelFault::Task { wanted: "find people or tell them apart", found })
}

fn sides(text: &str) -> Option<String> {
    let inner = text.trim().trim_matches(['[', ']', '(', ')']);
    let sides: Vec<usize> = super::parse::list(inner, super::parse::positive)?;
    match sides[..] {
        [side] => Some(format!("{side}x{side}")),
        [height, width] => Some(format!("{height}x{width}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{check_task, value};

    fn written(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |key| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn sizes_strides_and_names_are_taken_where_they_make_sense() {
        let custom = written(&[("imgsz", "[384, 640]"), ("stride", "32"), ("names", "{0: 'person'}")]);
        assert_eq!(value("size", &custom), Some(("384x640".to_owned(), "imgsz")));
        assert_eq!(value("stride", &custom), Some(("32".to_owned(), "stride")));
        assert_eq!(value("names", &custom), Some(("{0: 'person'}".to_owned(), "names")));
        assert_eq!(value("colour", &custom), None);
        let nonsense = written(&[("imgsz", "large"), ("stride", "-1"), ("names", "{")]);
        for key in ["size", "stride", "names"] {
            assert_eq!(value(key, &nonsense), None);
        }
    }

    #[test]
    fn a_classifier_is_refused() {
        let fault = check_task(written(&[("task", "classify"), ("names", "{0: 'a'}")])).unwrap_err();
        assert!(fault.to_string().contains("whole picture"), "{fault}");
        assert!(check_task(written(&[("task", "detect"), ("names", "{0: 'a'}")])).is_ok());
    }
}
