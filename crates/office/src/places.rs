//! Which numbers shops and ledgers have in the tables, and whose a ledger is.

use std::collections::HashMap;

use tokio_postgres::Client;

use crate::OfficeError;

/// Numbers of shops, and of ledgers with their shops.
#[derive(Default)]
pub(crate) struct Places {
    shops: HashMap<String, i32>,
    ledgers: HashMap<String, (i32, i32)>,
}

/// Whose a ledger is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// This shop's: the numbers of the ledger and of the shop.
    This { ledger: i32, shop: i32 },
    /// Another shop's, which is called so.
    Other(String),
}

impl Places {
    /// The number of the shop called `name`, which is given one where it has none.
    pub(crate) async fn shop(&mut self, client: &Client, name: &str) -> Result<i32, OfficeError> {
        if let Some(&shop) = self.shops.get(name) {
            return Ok(shop);
        }
        let sql =
            "WITH new AS (INSERT INTO office.shop (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id)
                   SELECT id FROM new UNION ALL SELECT id FROM office.shop WHERE name = $1";
        let row = client.query_one(sql, &[&name]).await.map_err(OfficeError::database("find a shop"))?;
        let shop = row.get(0);
        self.shops.insert(name.to_owned(), shop);
        Ok(shop)
    }

    /// The number of the ledger of this identity. One that is new is the shop's that tells of it first, and begins
    /// behind `base`.
    pub(crate) async fn ledger(
        &mut self,
        client: &Client,
        shop: &str,
        ledger: &str,
        base: u64,
    ) -> Result<Owner, OfficeError> {
        let own = self.shop(client, shop).await?;
        let (id, owner) = if let Some(&known) = self.ledgers.get(ledger) {
            known
        } else {
            let sql = "INSERT INTO office.ledger (uid, shop, have)
                       VALUES ($1::text::uuid, $2, int8multirange(int8range(1, $3::bigint + 1)))
                       ON CONFLICT (uid) DO UPDATE SET uid = excluded.uid RETURNING id, shop";
            let row = client.query_one(sql, &[&ledger, &own, &base.cast_signed()]).await;
            let row = row.map_err(OfficeError::database("find a ledger"))?;
            let known = (row.get(0), row.get(1));
            self.ledgers.insert(ledger.to_owned(), known);
            known
        };
        if owner == own {
            return Ok(Owner::This { ledger: id, shop: own });
        }
        let sql = "SELECT name FROM office.shop WHERE id = $1";
        let row = client.query_one(sql, &[&owner]).await.map_err(OfficeError::database("find a shop"))?;
        Ok(Owner::Other(row.get(0)))
    }
}
