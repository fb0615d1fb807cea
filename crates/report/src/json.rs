//! An array of objects.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeSeq as _, Serializer as _};

use crate::{Error, Rows};

pub(crate) fn write<Row: Serialize>(rows: &dyn Rows<Row>, out: &mut impl Write) -> Result<(), Error> {
    let mut json = serde_json::Serializer::pretty(&mut *out);
    let mut array = json.serialize_seq(None).map_err(io::Error::from)?;
    rows.each(&mut |row| Ok(array.serialize_element(row).map_err(io::Error::from)?))?;
    array.end().map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}
