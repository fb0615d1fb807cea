//! Why a report could not be written.

use std::io;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refuses to write it.
    #[error("cannot write the report: {source}")]
    Write {
        /// What it says.
        #[from]
        source: io::Error,
    },
    /// What it is of cannot be read.
    #[error(transparent)]
    Ledger(#[from] footfall_ledger::Error),
    /// The Parquet file cannot be made.
    #[error("cannot write the report as Parquet: {source}")]
    Parquet {
        /// What the library says.
        #[from]
        source: parquet::errors::ParquetError,
    },
    /// The Excel file cannot be made.
    #[error("cannot write the report as Excel: {problem}")]
    Xlsx {
        /// Why.
        problem: String,
    },
    /// The chart cannot be drawn.
    #[error("cannot draw the chart: {problem}")]
    Chart {
        /// What the library says.
        problem: String,
    },
}

impl From<rust_xlsxwriter::XlsxError> for Error {
    fn from(error: rust_xlsxwriter::XlsxError) -> Self {
        Self::Xlsx { problem: error.to_string() }
    }
}
