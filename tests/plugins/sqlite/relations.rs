//! What the foreign keys say about who belongs to whom.
//!
//! A type declares its relationships before any database is open, so the keys are read from the schema in memory: the
//! same statements that made the tables of every shop. What they say cannot drift from what is declared.

use omniview_sdk::{
    Context, PluginResult, RelationshipDeclarer, RelationshipDescriptor, RelationshipExtractor,
    RelationshipResolver, RelationshipType, ResolvedRelationship, ResourceMeta, ResourceRef,
    async_trait,
};
use rusqlite::Connection;

use super::{
    Database, Rows,
    filter::parameter,
    query::{object, place, select},
    resource::only,
    schema::{Column, DDL, TABLES, Table},
    sql::Sql,
};

/// Columns of one table that name a row of another.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// The table that names.
    pub from: &'static Table,
    /// The table that is named.
    pub to: &'static Table,
    /// The columns, those that name with those that are named.
    pub columns: Vec<(&'static Column, &'static Column)>,
    /// Whether rows go when the one that they name goes.
    pub is_part: bool,
}

/// The foreign keys between types, as the schema has them.
///
/// # Errors
///
/// Those of SQLite.
pub fn foreign_keys() -> rusqlite::Result<Vec<ForeignKey>> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(DDL)?;
    let mut keys = Vec::new();
    for from in TABLES {
        let mut statement = database.prepare(
            "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq",
        )?;
        let mut rows = statement.query([from.name])?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            let (id, table, rule): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(4)?);
            // A key to a table that is no type, as branches are none, relates to nothing.
            let Some(to) = TABLES.into_iter().find(|one| one.name == table) else {
                continue;
            };
            let columns = (
                from.column(&row.get::<_, String>(2)?),
                to.column(&row.get::<_, String>(3)?),
            );
            let (Some(here), Some(there)) = columns else {
                continue;
            };
            // A key over several columns has a row for each.
            if last != Some(id) {
                keys.push(ForeignKey {
                    from,
                    to,
                    columns: Vec::new(),
                    is_part: rule == "CASCADE",
                });
                last = Some(id);
            }
            if let Some(key) = keys.last_mut() {
                key.columns.push((here, there));
            }
        }
    }
    Ok(keys)
}

impl RelationshipDeclarer for Rows {
    fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        self.ends().map(|(key, end)| key.descriptor(end)).collect()
    }
}

#[async_trait]
impl RelationshipResolver<Database> for Rows {
    async fn resolve_relationships(
        &self,
        ctx: &Context<Database>,
        id: &str,
        namespace: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>> {
        let (rows, connection) = (self.clone(), ctx.connection_id());
        let (id, namespace) = (id.to_owned(), namespace.to_owned());
        let resolved = ctx.client().call(move |database| {
            let view = database.transaction()?;
            let row = only(&view, rows.table, &id, &namespace)?;
            let mut resolved = Vec::new();
            for (key, end) in rows.ends() {
                let table = key.other(end);
                let mut sql = select(table);
                sql.push(" WHERE ")
                    .list(" AND ", &key.columns, |sql: &mut Sql, (from, to)| {
                        let (own, others) = match end {
                            End::Names => (from, to),
                            End::IsNamed => (to, from),
                        };
                        sql.push(others.name)
                            .push(" = ")
                            .bind(parameter(&row[own.name]));
                    });
                let targets = sql.query(&view, |row| object(table, row))?;
                let targets = targets.iter().map(|target| {
                    let (namespace, id) = place(table, target);
                    ResourceRef {
                        connection_id: connection.clone(),
                        resource_key: table.key(),
                        display_name: id.clone(),
                        id: id.into(),
                        namespace: namespace.into(),
                        ..ResourceRef::default()
                    }
                });
                resolved.push(ResolvedRelationship {
                    descriptor: key.descriptor(end),
                    targets: targets.collect(),
                });
            }
            Ok(resolved)
        });
        resolved.await
    }
}

/// An end of a foreign key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Names,
    IsNamed,
}

impl Rows {
    /// The foreign keys that the table is an end of.
    fn ends(&self) -> impl Iterator<Item = (&ForeignKey, End)> {
        let names = |key: &&ForeignKey| key.from.name == self.table.name;
        let is_named = |key: &&ForeignKey| key.to.name == self.table.name;
        let keys = || self.foreign_keys.iter();
        let outgoing = keys().filter(names).map(|key| (key, End::Names));
        outgoing.chain(keys().filter(is_named).map(|key| (key, End::IsNamed)))
    }
}

impl ForeignKey {
    fn other(&self, end: End) -> &'static Table {
        match end {
            End::Names => self.to,
            End::IsNamed => self.from,
        }
    }

    fn descriptor(&self, end: End) -> RelationshipDescriptor {
        let kind = if self.is_part {
            RelationshipType::MemberOf
        } else {
            RelationshipType::Uses
        };
        let path = self.columns.last().map_or("", |(from, _)| from.name);
        let (one, many) = (
            self.to.kind.to_lowercase(),
            self.from.name.replace('_', " "),
        );
        let (label, inverse, cardinality) = match end {
            End::Names => (one, many, "one"),
            End::IsNamed => (many, one, "many"),
        };
        let other = self.other(end);
        let descriptor = RelationshipDescriptor {
            inverse_label: inverse,
            cardinality: Some(cardinality.to_owned()),
            target_namespaced: Some(other.namespace.is_some()),
            ..RelationshipDescriptor::new(kind, other.key(), label)
        };
        match end {
            End::Names => descriptor.with_extractor(RelationshipExtractor {
                method: "fieldPath".to_owned(),
                field_path: path.to_owned(),
                ..RelationshipExtractor::default()
            }),
            End::IsNamed => descriptor.incoming(),
        }
    }
}
