//! `bench summary`: results of measurements side by side, as Markdown.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Error;
use crate::parity::Parity;
use crate::peak::Bound;

/// What a file holds.
#[derive(Deserialize)]
#[serde(untagged)]
enum Measured {
    Network(Network),
    Cameras(Cameras),
    Torch(Torch),
}

/// What `bench embed` and `bench detect` write.
#[derive(Deserialize)]
struct Network {
    unit: String,
    device: String,
    precision: String,
    card: Option<String>,
    rows: Vec<Row>,
    parity: Option<Parity>,
}

#[derive(Deserialize)]
struct Row {
    batch: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    network_ms: f64,
    share_of_floor: Option<f64>,
    bound: Option<Bound>,
}

/// What `bench cameras` writes.
#[derive(Deserialize)]
struct Cameras {
    device: String,
    embedder: String,
    preset: String,
    carried: usize,
    may_carry_more: bool,
    rows: Vec<CamerasRow>,
}

#[derive(Deserialize)]
struct CamerasRow {
    cameras: usize,
    frames_per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    embedded_per_frame: f64,
}

/// What `torch_embed.py` writes: the network by itself, its inputs on the device already.
#[derive(Deserialize)]
struct Torch {
    #[serde(rename = "torch")]
    version: String,
    device: String,
    rows: Vec<TorchRow>,
}

#[derive(Deserialize)]
struct TorchRow {
    way: String,
    precision: String,
    batch: usize,
    per_second: f64,
}

/// The results in these files side by side, in the order of the files.
///
/// # Errors
/// When a file cannot be read, or holds no result.
pub(crate) fn of(paths: &[PathBuf]) -> Result<String, Error> {
    let measured = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut text = "# Measured\n".to_owned();
    // Writing to a string cannot fail.
    let _ = write(&mut text, &measured);
    Ok(text)
}

fn read(path: &Path) -> Result<Measured, Error> {
    let text = fs::read(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })?;
    serde_json::from_slice(&text).map_err(|_| Error::Result { path: path.to_path_buf() })
}

fn write(out: &mut String, measured: &[Measured]) -> std::fmt::Result {
    let networks = |unit: &'static str| {
        measured.iter().filter_map(move |one| match one {
            Measured::Network(network) if network.unit == unit => Some(network),
            _ => None,
        })
    };
    write_calls(out, "Embedder", &networks("crops").collect::<Vec<_>>())?;
    write_alone(out, measured)?;
    write_calls(out, "Detector", &networks("pictures").collect::<Vec<_>>())?;
    write_cameras(out, measured)
}

/// A line for the fastest batch of each.
fn write_calls(out: &mut String, title: &str, networks: &[&Network]) -> std::fmt::Result {
    let Some(first) = networks.first() else { return Ok(()) };
    let unit = &first.unit;
    writeln!(out, "\n## {title}, the fastest batch of each\n")?;
    writeln!(
        out,
        "| on | {unit}/s | {unit} in a run | p50 ms | p99 ms | of its floor | bound by | beside the CPU |"
    )?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |")?;
    for network in networks {
        let fastest = network.rows.iter().max_by(|a, b| a.per_second.total_cmp(&b.per_second));
        let Some(Row { batch, per_second, p50_ms, p99_ms, share_of_floor, bound, .. }) = fastest else {
            continue;
        };
        let share = share_of_floor.map_or_else(dash, |share| format!("{:.1}%", 100.0 * share));
        let parity = network.parity.as_ref().map_or_else(dash, Parity::words);
        writeln!(
            out,
            "| {} | {per_second:.1} | {batch} | {p50_ms:.2} | {p99_ms:.2} | {share} | {} | {parity} |",
            network.place(),
            bound.map_or("-", Bound::word)
        )?;
    }
    Ok(())
}

/// The embedder without what prepares its crops: a column for each way to run it.
fn write_alone(out: &mut String, measured: &[Measured]) -> std::fmt::Result {
    let columns: Vec<_> = measured.iter().flat_map(columns).collect();
    if columns.is_empty() {
        return Ok(());
    }
    let heads: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    writeln!(out, "\n## Embedder, crops a second by the network alone\n")?;
    writeln!(
        out,
        "Copies to and from the device are part of it, but for PyTorch, whose crops lie there already.\n"
    )?;
    writeln!(out, "| crops in a run | {} |", heads.join(" | "))?;
    writeln!(out, "| ---: |{}", " ---: |".repeat(heads.len()))?;
    let batches: BTreeSet<_> =
        columns.iter().flat_map(|column| column.rates.iter().map(|&(batch, _)| batch)).collect();
    for batch in batches {
        let cells: Vec<_> = columns.iter().map(|column| column.cell(batch)).collect();
        writeln!(out, "| {batch} | {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn write_cameras(out: &mut String, measured: &[Measured]) -> std::fmt::Result {
    let mut runs = measured.iter().filter_map(|one| match one {
        Measured::Cameras(cameras) => Some(cameras),
        _ => None,
    });
    let Some(first) = runs.next() else { return Ok(()) };
    writeln!(out, "\n## Cameras\n")?;
    writeln!(
        out,
        "The columns from the second are of the most cameras that were carried, or of the fewest tried.\n"
    )?;
    writeln!(out, "| on | carried | cameras | frames/s | p50 ms | p99 ms | people embedded in a frame |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for run in std::iter::once(first).chain(runs) {
        let fewest = run.rows.iter().min_by_key(|row| row.cameras);
        let shown = run.rows.iter().find(|row| row.cameras == run.carried).or(fewest);
        let Some(CamerasRow { cameras, frames_per_second, p50_ms, p99_ms, embedded_per_frame }) = shown
        else {
            continue;
        };
        let file = Path::new(&run.embedder).file_name().unwrap_or_default().to_string_lossy();
        writeln!(
            out,
            "| {} {file}, {} | {}{} | {cameras} | {frames_per_second:.1} | {p50_ms:.1} | {p99_ms:.1} | {embedded_per_frame:.1} |",
            run.device,
            run.preset,
            run.carried,
            if run.may_carry_more { " or more" } else { "" },
        )?;
    }
    Ok(())
}

fn dash() -> String {
    "-".to_owned()
}

/// One way to run the embedder: crops a second by crops in a run.
struct Column {
    name: String,
    rates: Vec<(usize, f64)>,
}

impl Column {
    fn cell(&self, batch: usize) -> String {
        let rate = self.rates.iter().find(|(own, _)| *own == batch);
        rate.map_or_else(dash, |(_, rate)| format!("{rate:.0}"))
    }
}

fn columns(measured: &Measured) -> Vec<Column> {
    match measured {
        Measured::Network(network) if network.unit == "crops" => {
            let rate = |row: &Row| (row.batch, 1e3 * row.batch as f64 / row.network_ms.max(1e-9));
            vec![Column { name: network.place(), rates: network.rows.iter().map(rate).collect() }]
        }
        Measured::Torch(torch) => {
            let name = |row: &TorchRow| {
                format!("PyTorch {} {}, {} {}", torch.version, row.way, torch.device, row.precision)
            };
            let mut columns: Vec<Column> = Vec::new();
            for row in &torch.rows {
                let name = name(row);
                match columns.iter_mut().find(|column| column.name == name) {
                    Some(column) => column.rates.push((row.batch, row.per_second)),
                    None => columns.push(Column { name, rates: vec![(row.batch, row.per_second)] }),
                }
            }
            columns
        }
        _ => Vec::new(),
    }
}

impl Network {
    fn place(&self) -> String {
        let card = self.card.as_ref().map_or_else(String::new, |card| format!(" ({card})"));
        format!("{}{card} {}", self.device, self.precision)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::of;

    const EMBED: &str = r#"{"unit":"crops","device":"cuda","precision":"fp16","card":null,"rows":[
        {"batch":1,"per_second":10.0,"p50_ms":1.0,"p99_ms":2.0,"network_ms":0.5,"share_of_floor":0.5,"bound":"bytes"},
        {"batch":8,"per_second":40.0,"p50_ms":3.0,"p99_ms":4.0,"network_ms":2.0,"share_of_floor":0.25,"bound":"operations"}],
        "parity":{"crops":200,"least_cosine":0.9995,"mean_cosine":0.9999}}"#;
    const TORCH: &str = r#"{"torch":"2.9","device":"cuda:0","rows":[
        {"way":"eager","precision":"float16","batch":1,"per_second":1500.0},
        {"way":"compiled","precision":"float16","batch":8,"per_second":9000.0}]}"#;
    const CAMERAS: &str = r#"{"device":"cuda","embedder":"/x/embedder-fp16.onnx","preset":"deepsort","carried":12,
        "may_carry_more":false,"rows":[
        {"cameras":16,"frames_per_second":400.0,"p50_ms":90.0,"p99_ms":99.0,"embedded_per_frame":20.0},
        {"cameras":12,"frames_per_second":360.0,"p50_ms":9.0,"p99_ms":19.0,"embedded_per_frame":20.0}]}"#;

    #[test]
    fn results_stand_side_by_side() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let text = of(&[write("e.json", EMBED), write("t.json", TORCH), write("c.json", CAMERAS)]).unwrap();
        for line in [
            "| cuda fp16 | 40.0 | 8 | 3.00 | 4.00 | 25.0% | operations | cosine with the CPU's, 200 crops: 0.999500 at least, 0.999900 on average |",
            "| crops in a run | cuda fp16 | PyTorch 2.9 eager, cuda:0 float16 | PyTorch 2.9 compiled, cuda:0 float16 |",
            "| 1 | 2000 | 1500 | - |",
            "| 8 | 4000 | - | 9000 |",
            "| cuda embedder-fp16.onnx, deepsort | 12 | 12 | 360.0 | 9.0 | 19.0 | 20.0 |",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
        assert!(!text.contains("Detector"), "what was not measured has no table");
    }

    #[test]
    fn a_file_without_a_result_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.json");
        fs::write(&path, "{}").unwrap();
        assert!(of(&[path]).unwrap_err().to_string().contains("other.json holds no result"));
        assert!(of(&["/nowhere.json".into()]).is_err());
    }
}
