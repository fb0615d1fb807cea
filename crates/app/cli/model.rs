//! `footfall model`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};
use footfall_vision::{DeviceRequest, Size, Statement};

/// Say how a network file is read, and try it on a picture
///
/// Tells what the file is taken for and why, what will be done to pixels, and which of that is a guess. With a
/// picture, the network looks at it: people whom it sees, as boxes, or the numbers of an embedding.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct ModelArgs {
    /// A detector or an embedder in ONNX
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) network: PathBuf,

    /// What it is for [default: by the file]
    #[arg(long, value_enum, value_name = "TASK")]
    pub(crate) task: Option<Task>,

    /// Let a detector look at this picture; an embedder takes it for the crop of one person
    #[arg(long, value_name = "PICTURE", value_hint = ValueHint::FilePath)]
    pub(crate) picture: Option<PathBuf>,

    /// Write the picture with what the detector saw on it (.jpg)
    #[arg(long, value_name = "FILE", requires = "picture", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// Show people from this score on, 0 to 1
    #[arg(long, value_name = "SCORE", default_value_t = 0.3, value_parser = score)]
    pub(crate) confidence: f32,

    /// The classes that are people, by number or name [default: by the file]
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: Option<String>,

    /// Say how the file is read, where it does not; may be repeated
    #[arg(long = "option", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<Statement>,

    /// The detector's input, where it takes any
    #[arg(long, value_name = "HEIGHTxWIDTH")]
    pub(crate) input_size: Option<Size>,

    /// Write FILE.toml beside the network, with all of it, to be corrected there
    #[arg(long)]
    pub(crate) write: bool,

    /// The same as JSON; `-` is stdout
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) json: Option<PathBuf>,

    /// What the network runs on: cpu, cuda or cuda:N, tensorrt or tensorrt:N, coreml (on macOS), auto
    #[arg(long, value_name = "DEVICE", default_value_t)]
    pub(crate) device: DeviceRequest,
}

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Task {
    /// Finding people
    Detect,
    /// Telling people apart
    Embed,
}

fn score(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a score from 0 to 1".into()),
    }
}

const HELP: &str = "\
Who is believed, if several say something about a network: options on the command line or in the configuration
([detector] options), then FILE.toml beside it (people.onnx.toml beside people.onnx), then the file's own metadata
(footfall.KEY), then what its exporter wrote, then its shapes and names.

Keys of detectors:
  family     nanodet, nanodet-plus, yolox, yolov5 (also v6, v7), yolov8 (also v9, 11, 12), end-to-end (YOLOv10,
             YOLO26), detr (RT-DETR, D-FINE, DEIM, RF-DETR), ssd, boxes (boxes, scores and labels that are final)
  class      the classes that are people, by number or name: 0, or person, or 0,1
  names      what the classes are called, in their order
  size       HEIGHTxWIDTH of the input, where it is free
  colour     rgb or bgr
  mean, std  what is subtracted from and divides each channel, in the input's order, on the scale 0 to 255:
             0,0,0 and 255,255,255 make 0 to 1 of it
  letterbox  centre or top-left: scaled as it is, padded with `pad`; stretch: each side for itself
  pad        0 to 255
  coding     what four numbers of a box are: xyxy, yxyx, cxcywh or xywh
  scale      what they are measured in: pixels of the input, or normalised (0 to 1)
  scores     probability, sigmoid or softmax: what makes probabilities of them
  nms        yes or no: whether boxes that overlap are suppressed
Keys of embedders: size, colour, mean, std, output, dimension, and the distances that `footfall reid calibrate`
writes. docs/networks.md has all of them.

Examples:
  footfall model people.onnx --picture shop.jpg --output seen.jpg
  footfall model people.onnx --option colour=bgr --option letterbox=stretch --picture shop.jpg --output seen.jpg
  footfall run shop.mp4 --detector people.onnx --class pedestrian --line door:384,576,384,0

Exit status: 0 it can be used, 1 it cannot, 2 wrong usage.";
