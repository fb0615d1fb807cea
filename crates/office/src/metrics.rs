//! What Prometheus asks for, in OpenMetrics text.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use footfall_serve::parts::Problem;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::api::Shop;
use crate::readers::Readers;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfShop {
    shop: String,
}

/// A number of each shop: its name, what it is, and how it is read off the shop.
type Of = (&'static str, &'static str, fn(&Shop) -> u64);

const OF_SHOPS: [Of; 7] = [
    ("shop_silent", "1 while a shop has not been heard of for two minutes", |shop| shop.silent.into()),
    ("shop_gaps", "Spans of a shop's ledgers that are missing", |shop| shop.gaps),
    ("shop_losses", "Spans of which something is lost for good", |shop| shop.losses),
    ("shop_conflicts", "Entries that came under a name that another one has", |shop| shop.conflicts),
    ("shop_behind", "Entries that are on their way", |shop| shop.behind),
    ("shop_entered_today", "People who came in since the shop's midnight", |shop| shop.entered_today),
    ("shop_left_today", "People who left since the shop's midnight", |shop| shop.left_today),
];

/// What there is to measure, in OpenMetrics text.
pub(crate) async fn metrics(State(readers): State<Arc<Readers>>) -> Response {
    let asked = readers.ask(include_str!("sql/shops.sql"), &[&None::<&str>]).await;
    // Without the database the office's own figures are told all the same.
    let text = asked.ok().flatten();
    let shops: Vec<Shop> = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let mut registry = Registry::with_prefix("footfall_office");
    if let Some(shared) = readers.shared() {
        let figures = &shared.figures;
        for (name, help, value) in [
            ("messages", "Messages that are in the database", figures.messages()),
            ("message_bytes", "Bytes of these", figures.bytes()),
            ("failures", "How often the hub or the database was lost", figures.failures()),
        ] {
            let counter = Counter::<u64>::default();
            counter.inc_by(value);
            registry.register(name, help, counter);
        }
        let waiting = Gauge::<i64>::default();
        waiting.set(figures.still_waiting().cast_signed());
        registry.register("waiting", "Messages that are at the hub and not in the database", waiting);
    }
    for (name, help, read) in OF_SHOPS {
        let family = Family::<OfShop, Gauge>::default();
        for shop in &shops {
            family.get_or_create(&OfShop { shop: shop.shop.clone() }).set(read(shop).cast_signed());
        }
        registry.register(name, help, family);
    }
    let mut text = String::new();
    if encode(&mut text, &registry).is_err() {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the figures cannot be written")
            .into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
