//! Apache Parquet: row groups of some ten thousand rows, times as UTC timestamps in microseconds.

use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::{Type, TypePtr};
use footfall_ledger::{Count, ZoneCount};

use crate::extra::{self, Cell, Extra};
use crate::{Error, Names, Report, Rows, ZoneReport};

type Result<T, E = ParquetError> = std::result::Result<T, E>;

/// A column: its name, and its value in a row.
type Column<Row, Value> = (&'static str, fn(&Row) -> Value);

type Group<'a, W> = SerializedRowGroupWriter<'a, W>;

/// Rows of a group: what is in memory at once.
const GROUP: usize = 65_536;

pub(crate) fn write(report: &Report<'_>, out: &mut (impl Write + Send)) -> Result<(), Error> {
    in_groups(
        report.counts,
        out,
        |first| schema(first, report.names),
        |counts, rows| {
            let names: [fn(&Count) -> Option<&String>; 2] = [|c| c.source.as_ref(), |c| c.line.as_ref()];
            for name in names.into_iter().filter(|name| counts.iter().any(|count| name(count).is_some())) {
                let name = |c: &Count| ByteArray::from(name(c).cloned().unwrap_or_default().into_bytes());
                column::<ByteArrayType, _>(rows, &counts.iter().map(name).collect::<Vec<_>>(), None)?;
            }
            for number in NUMBERS.map(|(_, number)| number) {
                column::<Int64Type, _>(rows, &counts.iter().map(number).collect::<Vec<_>>(), None)?;
            }
            for (_, number) in KNOWN {
                let known: Vec<_> = counts.iter().map(|count| i16::from(number(count).is_some())).collect();
                let numbers: Vec<_> = counts.iter().filter_map(number).map(u64::cast_signed).collect();
                column::<Int64Type, _>(rows, &numbers, Some(&known))?;
            }
            let dwell: Vec<_> = counts.iter().filter_map(|count| count.dwell).collect();
            let known: Vec<_> = counts.iter().map(|count| i16::from(count.dwell.is_some())).collect();
            column::<DoubleType, _>(rows, &dwell, Some(&known))?;
            let uncounted: Vec<_> = counts.iter().map(|count| count.uncounted).collect();
            column::<DoubleType, _>(rows, &uncounted, None)?;
            let extras = counts.first().map(extra::of).unwrap_or_default();
            extras.into_iter().try_for_each(|extra| write_extra(extra, counts, rows))
        },
    )
}

fn write_extra<W: Write + Send>(extra: &Extra, counts: &[Count], rows: &mut Group<'_, W>) -> Result<()> {
    let (mut known, mut wholes, mut reals) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_real = false;
    for count in counts {
        let whole = match (extra.cell)(count) {
            Cell::Whole(number) => number.map(u64::cast_signed),
            Cell::Time(time) => time.map(|time| time.timestamp().as_microsecond()),
            Cell::Real(number) => {
                is_real = true;
                known.push(i16::from(number.is_some()));
                reals.extend(number);
                continue;
            }
        };
        known.push(i16::from(whole.is_some()));
        wholes.extend(whole);
    }
    if is_real {
        column::<DoubleType, _>(rows, &reals, Some(&known))
    } else {
        column::<Int64Type, _>(rows, &wholes, Some(&known))
    }
}

/// Writes zones likewise.
pub(crate) fn write_zones(report: &ZoneReport<'_>, out: &mut (impl Write + Send)) -> Result<(), Error> {
    in_groups(
        report.counts,
        out,
        |_| zone_schema(),
        |counts, rows| {
            let name = |c: &ZoneCount| ByteArray::from(c.zone.clone().into_bytes());
            column::<ByteArrayType, _>(rows, &counts.iter().map(name).collect::<Vec<_>>(), None)?;
            for (_, number) in ZONE_NUMBERS {
                column::<Int64Type, _>(rows, &counts.iter().map(number).collect::<Vec<_>>(), None)?;
            }
            for (_, seconds) in ZONE_LENGTHS {
                let known: Vec<_> = counts.iter().map(|count| i16::from(seconds(count).is_some())).collect();
                let seconds: Vec<_> = counts.iter().filter_map(seconds).collect();
                column::<DoubleType, _>(rows, &seconds, Some(&known))?;
            }
            let uncounted: Vec<_> = counts.iter().map(|count| count.uncounted).collect();
            column::<DoubleType, _>(rows, &uncounted, None)
        },
    )
}

/// Writes all rows, a group after the other; one without any where there are none.
fn in_groups<Row: Clone, W: Write + Send>(
    all: &dyn Rows<Row>,
    out: &mut W,
    schema: impl FnOnce(Option<&Row>) -> Result<TypePtr>,
    write: impl Fn(&[Row], &mut Group<'_, &mut W>) -> Result<()>,
) -> Result<(), Error> {
    let (mut out, mut schema) = (Some(out), Some(schema));
    let mut file: Option<SerializedFileWriter<&mut W>> = None;
    let mut group: Vec<Row> = Vec::new();
    let mut put = |group: &mut Vec<Row>| -> Result<(), Error> {
        if let (Some(out), Some(schema)) = (out.take(), schema.take()) {
            file = Some(SerializedFileWriter::new(out, schema(group.first())?, properties())?);
        }
        if let Some(file) = &mut file {
            let mut rows = file.next_row_group()?;
            write(group, &mut rows)?;
            rows.close()?;
        }
        group.clear();
        Ok(())
    };
    let mut has_any = false;
    all.each(&mut |row| {
        has_any = true;
        group.push(row.clone());
        if group.len() == GROUP { put(&mut group) } else { Ok(()) }
    })?;
    if !group.is_empty() || !has_any {
        put(&mut group)?;
    }
    if let Some(file) = file {
        file.close()?;
    }
    Ok(())
}

fn zone_schema() -> Result<TypePtr> {
    let mut fields = vec![text_field("zone")?];
    for (index, (name, _)) in ZONE_NUMBERS.iter().enumerate() {
        fields.push(whole_field(name, index < 2)?);
    }
    for (name, _) in ZONE_LENGTHS {
        fields.push(real_field(name, Repetition::OPTIONAL)?);
    }
    fields.push(real_field("uncounted", Repetition::REQUIRED)?);
    Type::group_type_builder("zones").with_fields(fields).build().map(Arc::new)
}

/// Of zones; the first two are times.
const ZONE_NUMBERS: [Column<ZoneCount, i64>; 5] = [
    ("from", |c| c.from.timestamp().as_microsecond()),
    ("to", |c| c.to.timestamp().as_microsecond()),
    ("visits", |c| c.visits.cast_signed()),
    ("occupancy", |c| c.occupancy.cast_signed()),
    ("peak", |c| c.peak.cast_signed()),
];

const ZONE_LENGTHS: [Column<ZoneCount, Option<f64>>; 2] =
    [("dwell", |c| c.dwell), ("longest", |c| c.longest)];

fn properties() -> Arc<WriterProperties> {
    Arc::new(WriterProperties::builder().set_created_by("footfall".to_owned()).build())
}

/// All of them; the first two are times.
const NUMBERS: [Column<Count, i64>; 14] = [
    ("from", |c| c.from.timestamp().as_microsecond()),
    ("to", |c| c.to.timestamp().as_microsecond()),
    ("in", |c| c.entered.cast_signed()),
    ("in_low", |c| c.entered_low.cast_signed()),
    ("in_high", |c| c.entered_high.cast_signed()),
    ("out", |c| c.left.cast_signed()),
    ("out_low", |c| c.left_low.cast_signed()),
    ("out_high", |c| c.left_high.cast_signed()),
    ("occupancy", |c| c.occupancy.cast_signed()),
    ("peak", |c| c.peak.cast_signed()),
    ("came_unseen", |c| c.came_unseen.cast_signed()),
    ("left_unseen", |c| c.left_unseen.cast_signed()),
    ("staff", |c| c.staff.cast_signed()),
    ("visits", |c| c.visits.cast_signed()),
];

/// Whole numbers that may be missing.
const KNOWN: [Column<Count, Option<u64>>; 2] = [("visitors", |c| c.visitors), ("again", |c| c.again)];

/// That of rows like the first one.
fn schema(first: Option<&Count>, names: Names) -> Result<TypePtr> {
    let mut fields = Vec::new();
    if first.is_some_and(|count| count.source.is_some()) {
        fields.push(text_field(names.source)?);
    }
    if first.is_some_and(|count| count.line.is_some()) {
        fields.push(text_field(names.line)?);
    }
    for (index, (name, _)) in NUMBERS.iter().enumerate() {
        fields.push(whole_field(name, index < 2)?);
    }
    for (name, _) in KNOWN {
        fields.push(field(name, Physical::INT64, Repetition::OPTIONAL, None)?);
    }
    fields.push(real_field("dwell", Repetition::OPTIONAL)?);
    fields.push(real_field("uncounted", Repetition::REQUIRED)?);
    if let Some(first) = first {
        for extra in extra::of(first) {
            let time = LogicalType::timestamp(true, ::parquet::basic::TimeUnit::MICROS);
            fields.push(match (extra.cell)(first) {
                Cell::Whole(_) => field(extra.name, Physical::INT64, Repetition::OPTIONAL, None)?,
                Cell::Time(_) => field(extra.name, Physical::INT64, Repetition::OPTIONAL, Some(time))?,
                Cell::Real(_) => real_field(extra.name, Repetition::OPTIONAL)?,
            });
        }
    }
    Type::group_type_builder("counts").with_fields(fields).build().map(Arc::new)
}

fn text_field(name: &str) -> Result<TypePtr> {
    field(name, Physical::BYTE_ARRAY, Repetition::REQUIRED, Some(LogicalType::String))
}

/// Whole numbers, or times.
fn whole_field(name: &str, is_time: bool) -> Result<TypePtr> {
    let time = LogicalType::timestamp(true, ::parquet::basic::TimeUnit::MICROS);
    field(name, Physical::INT64, Repetition::REQUIRED, is_time.then_some(time))
}

fn real_field(name: &str, repetition: Repetition) -> Result<TypePtr> {
    field(name, Physical::DOUBLE, repetition, None)
}

fn field(
    name: &str,
    physical: Physical,
    repetition: Repetition,
    logical: Option<LogicalType>,
) -> Result<TypePtr> {
    let builder = Type::primitive_type_builder(name, physical);
    builder.with_repetition(repetition).with_logical_type(logical).build().map(Arc::new)
}

/// Writes the next column; `known` tells, for one that may lack values, which rows have one.
fn column<T: DataType, W: Write + Send>(
    rows: &mut Group<'_, W>,
    values: &[T::T],
    known: Option<&[i16]>,
) -> Result<()> {
    if let Some(mut column) = rows.next_column()? {
        column.typed::<T>().write_batch(values, known, None)?;
        column.close()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ::parquet::record::RowAccessor as _;
    use footfall_ledger::Period;

    use super::write;
    use crate::testing::{counts, report};

    #[test]
    fn what_was_written_is_read() {
        let counts = counts("2026-03-29T00:00:00Z", 3, Period::Hour, "Europe/Zurich");
        let mut bytes = Vec::new();
        write(&report(&counts, Period::Hour), &mut bytes).unwrap();
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        for (row, count) in rows.iter().zip(&counts) {
            assert_eq!(row.get_timestamp_micros(0).unwrap(), count.from.timestamp().as_microsecond());
            assert_eq!(row.get_long(2).unwrap(), count.entered.cast_signed());
            assert_eq!(row.get_double(16).ok(), count.dwell);
            assert_eq!(row.get_double(17).unwrap(), count.uncounted);
        }
    }
}
