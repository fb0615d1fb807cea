//! What the till has sold.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use super::problem::ProblemBody;
use super::{Problem, Shared};
use crate::NewSale;

/// What a till has sold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Selling {
    /// Which till, where there are several.
    #[serde(default)]
    #[schema(max_length = 64)]
    till: String,
    /// At each time once.
    sales: Vec<Sale>,
}

/// What was sold at some time, or from then on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Sale {
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// How often somebody has paid.
    #[schema(maximum = 1_000_000_000)]
    transactions: u64,
    /// How much that was.
    amount: Option<f64>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Sold {
    /// Of times that nothing was known of.
    added: usize,
    /// Of times of which something else was known.
    replaced: usize,
    /// Of times of which just that was known.
    known: usize,
}

/// Tell what a till has sold
///
/// All of it is kept, or nothing. What is known of one of its times is replaced: the same may be told again.
#[utoipa::path(post, path = "/api/v1/sales", tag = "counts", request_body = Selling, responses(
    (status = 200, body = Sold),
    (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "What cannot be used"),
    (status = "4XX", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(super) async fn sell(
    State(shared): State<Arc<Shared>>,
    Body(Selling { till, sales }): Body<Selling>,
) -> Result<Json<Sold>, Problem> {
    const LONGEST: usize = 64;
    const MOST: u64 = 1_000_000_000;
    let refuse = |detail: String| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
    let till = till.trim().to_owned();
    if till.chars().count() > LONGEST || till.chars().any(char::is_control) {
        return refuse(format!("a till's name has at most {LONGEST} letters and no control characters"));
    }
    if let Some(sale) = sales.iter().find(|sale| sale.transactions > MOST) {
        return refuse(format!("{} transactions at {} are too many", sale.transactions, sale.time));
    }
    let mut times: Vec<_> = sales.iter().map(|sale| sale.time).collect();
    times.sort_unstable();
    let same = |pair: &[Timestamp]| match pair {
        [one, other] if one == other => Some(*one),
        _ => None,
    };
    if let Some(time) = times.windows(2).find_map(same) {
        return refuse(format!("{time} is told twice: add its transactions up"));
    }
    let sale = |Sale { time, transactions, amount }| NewSale { at: time, transactions, amount };
    let sales: Vec<_> = sales.into_iter().map(sale).collect();
    let sold = shared.ask(move |book, _| book.sell(&till, &sales)).await?;
    let crate::Sold { added, replaced, known } = sold;
    Ok(Json(Sold { added, replaced, known }))
}
