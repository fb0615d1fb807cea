//! What is missing: shown as soon as it is known, asked for again, and closed when it is here.

use std::collections::BTreeMap;
use std::time::Duration;

use footfall_serve::told::{Ask, Subjects};
use tokio_postgres::Client;
use tracing::Instrument as _;

use crate::OfficeError;
use crate::hub::Hub;
use crate::keep::json;
use crate::shared::Shared;

/// How often it is looked for gaps.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A span of a ledger that is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Missing {
    ledger: i32,
    first: i64,
    last: i64,
}

/// A gap that is written down and open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    id: i64,
    missing: Missing,
}

/// What has to be written so that what is written down is what is missing.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// New gaps, and the gap that each is the rest of.
    new: Vec<(Missing, Option<i64>)>,
    /// Gaps that are not there any more, and whether a part of them still is.
    gone: Vec<(i64, bool)>,
}

impl Changes {
    fn between(open: &[Open], missing: &[Missing]) -> Self {
        let mut changes = Self::default();
        for gap in missing {
            if !open.iter().any(|other| other.missing == *gap) {
                let former = open.iter().find(|other| other.missing.overlaps(gap)).map(|other| other.id);
                changes.new.push((*gap, former));
            }
        }
        for gap in open.iter().filter(|gap| !missing.contains(&gap.missing)) {
            let goes_on = missing.iter().any(|other| other.overlaps(&gap.missing));
            changes.gone.push((gap.id, goes_on));
        }
        changes
    }
}

impl Missing {
    fn overlaps(&self, other: &Self) -> bool {
        self.ledger == other.ledger && self.first <= other.last && other.first <= self.last
    }
}

/// Looks until the office ends, or the hub or the database is lost.
pub(crate) async fn run(shared: &Shared) -> Result<(), OfficeError> {
    let mut database = shared.database.connect().await?;
    let mut hub = Hub::connect(&shared.config.hub, &database).await?;
    shared.works("gaps");
    while !shared.rest(LOOK_EVERY).await {
        let span = tracing::info_span!("gaps");
        round(shared, &mut hub, &mut database).instrument(span).await?;
    }
    Ok(())
}

/// Looks once, and asks for what is missing.
async fn round(shared: &Shared, hub: &mut Hub, database: &mut Client) -> Result<(), OfficeError> {
    // What shops said before the hub is asked.
    let said = shared.told.said();
    date_back(database).await?;
    let waiting = expect(hub, database).await?;
    look(database).await?;
    ask(hub, database, &shared.config.hub.prefix).await?;
    if waiting == 0 {
        ask_about(hub, database, shared, &said).await?;
    }
    shared.figures.waiting(waiting);
    Ok(())
}

/// What is dated later than now was written before the database's clock was set back, and is of now at the latest: a shop
/// that is silent must not seem to be there until the clock is as far again, nor a gap not to be due.
async fn date_back(database: &Client) -> Result<(), OfficeError> {
    let sql = "UPDATE office.shop SET seen = now() WHERE seen > now();
               UPDATE office.gap SET found = least(found, now()), asked_at = CASE WHEN asked_at <= now() THEN asked_at END
               WHERE closed IS NULL AND (found > now() OR asked_at > now())";
    database.batch_execute(sql).await.map_err(OfficeError::database("look at the clock"))
}

/// What the hub has confirmed to shops must be here once it has nothing left: whatever is not was lost on the way.
async fn expect(hub: &mut Hub, database: &Client) -> Result<u64, OfficeError> {
    let doing = "look for gaps";
    // What shops said before the hub is asked.
    let sql =
        "SELECT coalesce(jsonb_agg(jsonb_build_object('ledger', id, 'confirmed', confirmed)), '[]')::text
               FROM office.ledger WHERE confirmed > expected";
    let said: String = database.query_one(sql, &[]).await.map_err(OfficeError::database(doing))?.get(0);
    let waiting = hub.waiting().await?;
    if waiting == 0 {
        let sql = "UPDATE office.ledger SET expected = greatest(expected, said.confirmed)
                   FROM jsonb_to_recordset($1::text::jsonb) AS said (ledger integer, confirmed bigint)
                   WHERE ledger.id = said.ledger";
        database.execute(sql, &[&said]).await.map_err(OfficeError::database(doing))?;
    }
    Ok(waiting)
}

/// Writes down what is missing, and what is not any more.
async fn look(database: &mut Client) -> Result<(), OfficeError> {
    let doing = || OfficeError::database("look for gaps");
    let transaction = database.transaction().await.map_err(doing())?;
    let rows = transaction.query(include_str!("sql/missing.sql"), &[]).await.map_err(doing())?;
    let missing: Vec<_> =
        rows.iter().map(|row| Missing { ledger: row.get(0), first: row.get(1), last: row.get(2) }).collect();
    let sql =
        "SELECT id, ledger, lower(span), upper(span) - 1 FROM office.gap WHERE closed IS NULL ORDER BY id";
    let rows = transaction.query(sql, &[]).await.map_err(doing())?;
    let open: Vec<_> = rows
        .iter()
        .map(|row| Open {
            id: row.get(0),
            missing: Missing { ledger: row.get(1), first: row.get(2), last: row.get(3) },
        })
        .collect();
    let changes = Changes::between(&open, &missing);
    for (gap, former) in &changes.new {
        let sql = "INSERT INTO office.gap (ledger, span, found, asked, asked_at, lost)
                   SELECT $1::integer, int8range($2::bigint, $3::bigint, '[]'), coalesce(former.found, now()), coalesce(former.asked, 0),
                       former.asked_at, NULL
                   FROM (SELECT) AS one LEFT JOIN office.gap AS former ON former.id = $4::bigint";
        transaction.execute(sql, &[&gap.ledger, &gap.first, &gap.last, former]).await.map_err(doing())?;
        tracing::warn!("entries {} to {} of ledger {} are missing", gap.first, gap.last, gap.ledger);
    }
    for (id, goes_on) in &changes.gone {
        // A part that has come is no gap that was closed, unless some of it is lost: that stays to be seen.
        let sql = if *goes_on {
            "WITH kept AS (UPDATE office.gap SET closed = now() WHERE id = $1 AND lost IS NOT NULL RETURNING id)
             DELETE FROM office.gap WHERE id = $1 AND lost IS NULL"
        } else {
            "UPDATE office.gap SET closed = now() WHERE id = $1"
        };
        transaction.execute(sql, &[id]).await.map_err(doing())?;
    }
    transaction.commit().await.map_err(doing())
}

/// Asks the shops that are there for what is missing, less and less often: every ten seconds at first, every ten
/// minutes at last.
async fn ask(hub: &Hub, database: &Client, prefix: &str) -> Result<(), OfficeError> {
    let doing = || OfficeError::database("look which gaps to ask for");
    let sql = "UPDATE office.gap SET asked = asked + 1, asked_at = now() FROM office.ledger, office.shop
               WHERE gap.closed IS NULL AND ledger.id = gap.ledger AND shop.id = ledger.shop
               AND shop.seen > now() - interval '30 seconds'
               AND gap.found < now() - interval '5 seconds'
               AND (gap.asked_at IS NULL OR now() > gap.asked_at
                    + least(interval '10 seconds' * power(2, least(gap.asked, 10)), interval '10 minutes'))
               RETURNING shop.name, replace(ledger.uid::text, '-', ''), lower(gap.span), upper(gap.span) - 1";
    let mut asks: BTreeMap<String, Vec<Ask>> = BTreeMap::new();
    for row in database.query(sql, &[]).await.map_err(doing())? {
        let (first, last): (i64, i64) = (row.get(2), row.get(3));
        let (after, through) = ((first - 1) as u64, last as u64);
        let ask = Ask { ledger: row.get(1), after, through, about: false };
        asks.entry(row.get(0)).or_default().push(ask);
    }
    for (shop, asks) in asks {
        for ask in asks {
            send(hub, prefix, &shop, &ask).await?;
        }
    }
    hub.client().flush().await.map_err(OfficeError::hub("ask shops for what is missing"))
}

/// Asks shops for what is no entry, where the hub has confirmed more of it to them than is here.
async fn ask_about(
    hub: &Hub,
    database: &Client,
    shared: &Shared,
    said: &BTreeMap<String, (String, u64)>,
) -> Result<(), OfficeError> {
    let doing = "look which shops to ask";
    let sql = "SELECT replace(uid::text, '-', ''), told FROM office.ledger WHERE replace(uid::text, '-', '') = ANY($1)";
    let ledgers: Vec<&String> = said.keys().collect();
    for row in database.query(sql, &[&ledgers]).await.map_err(OfficeError::database(doing))? {
        let (ledger, told): (String, i64) = (row.get(0), row.get(1));
        let Some((shop, confirmed)) = said.get(&ledger) else { continue };
        if *confirmed > told as u64 && shared.told.is_due(&ledger) {
            tracing::info!("what {shop} has told beside entries is missing, and asked for");
            send(hub, &shared.config.hub.prefix, shop, &Ask { ledger, after: 0, through: 0, about: true })
                .await?;
        }
    }
    hub.client().flush().await.map_err(OfficeError::hub("ask shops for what is missing"))
}

async fn send(hub: &Hub, prefix: &str, shop: &str, ask: &Ask) -> Result<(), OfficeError> {
    let sent = hub.client().publish(Subjects::of(prefix, shop).ask(), json(ask).into()).await;
    sent.map_err(OfficeError::hub("ask a shop for what is missing"))
}

#[cfg(test)]
mod tests {
    use super::{Changes, Missing, Open};

    fn span(first: i64, last: i64) -> Missing {
        Missing { ledger: 1, first, last }
    }

    #[test]
    fn a_gap_that_is_filled_in_the_middle_goes_on_as_two() {
        let open = [Open { id: 7, missing: span(3, 9) }, Open { id: 8, missing: span(20, 21) }];
        let changes = Changes::between(&open, &[span(3, 4), span(8, 9)]);
        assert_eq!(changes.new, [(span(3, 4), Some(7)), (span(8, 9), Some(7))]);
        assert_eq!(changes.gone, [(7, true), (8, false)]);
    }

    #[test]
    fn what_is_written_down_already_stays_as_it_is() {
        let open = [Open { id: 7, missing: span(3, 9) }];
        assert_eq!(Changes::between(&open, &[span(3, 9)]), Changes::default());
        let other = Missing { ledger: 2, ..span(3, 9) };
        assert_eq!(Changes::between(&open, &[span(3, 9), other]).new, [(other, None)]);
    }
}
