//! Spans of the office and of workers, told to an OpenTelemetry collector.

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use footfall_config::usage;
use footfall_office::TelemetryConfig;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

/// How long a collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is told, until this is dropped: then the rest is.
pub(crate) struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// As `config` says, of a program that the collector knows as `service`; `None` where nothing is to be told. A
    /// collector that is not there holds up nobody: what it does not take is dropped.
    ///
    /// # Errors
    /// When the address is none.
    pub(crate) fn start(config: &TelemetryConfig, service: &'static str) -> anyhow::Result<Option<Self>> {
        let Some(place) = &config.otlp else { return Ok(None) };
        let place = place.trim_end_matches('/');
        if !place.starts_with("http://") && !place.starts_with("https://") {
            return Err(usage(anyhow!("telemetry.otlp: {place:?} is no address: http://HOST:4318")));
        }
        footfall_archive::choose_cryptography();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{place}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .context("telemetry.otlp")?;
        let resource = Resource::builder().with_service_name(service).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource);
        Ok(Some(Self(provider.build())))
    }

    pub(crate) fn tracer(&self) -> SdkTracer {
        self.0.tracer("footfall")
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::debug!("the last spans were not told: {error}");
        }
    }
}
