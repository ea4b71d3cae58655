//! Queries with filters, and what they mean for each object.

use omniview_sdk::{FilterExpression, FilterField, FilterFields, FilterOperator as Op, FindInput};
use serde_json::Value;

use super::{
    Id, Listing, Stop, ids, list_all,
    probe::{Probe, probes},
    quiet, stocked,
};
use crate::{Cx, Halt, TypeUnderTest};

/// What a type can be filtered by, and what every query of it has to demand.
pub(in crate::checks) struct Filterable {
    pub(in crate::checks) fields: FilterFields,
    pub(in crate::checks) listing: Listing,
    /// Satisfies the required fields.
    pub(in crate::checks) base: Vec<Probe>,
}

impl Filterable {
    /// Reads the fields of a type and lists it.
    pub(in crate::checks) async fn of(cx: &Cx, ty: &TypeUnderTest) -> Result<Self, Stop> {
        const ENOUGH: usize = 6;
        let fields = cx.provider().filter_fields(&cx.ctx(), &ty.key).await;
        let fields = cx.given("the filter fields of the type", fields)?;
        let fields =
            fields.ok_or_else(|| Halt::Blocked(format!("{} tells no filter fields", ty.key)))?;
        let listing = stocked(cx, ty, ENOUGH).await?;
        let mut base = Vec::new();
        for field in fields.iter().filter(|field| field.required) {
            let wanted = [Op::Exists, Op::Eq, Op::In]
                .iter()
                .filter(|operator| field.allows(operator))
                .find_map(|operator| probes(field, operator, &listing).into_iter().next());
            base.push(wanted.ok_or_else(|| {
                Stop::NoData(format!(
                    "no value is known for the required field {}",
                    field.path
                ))
            })?);
        }
        Ok(Self {
            fields,
            listing,
            base,
        })
    }

    /// Predicates with an operator, on every field that allows it.
    ///
    /// # Errors
    ///
    /// No field allows it, or no object has a value.
    pub(in crate::checks) fn probes(&self, operator: &Op) -> Result<Vec<Probe>, Stop> {
        let mut allowing = self
            .fields
            .iter()
            .filter(|field| field.allows(operator))
            .peekable();
        if allowing.peek().is_none() {
            return Err(Stop::Undeclared(format!("no field allows {operator}")));
        }
        let probes: Vec<Probe> = allowing
            .flat_map(|field| probes(field, operator, &self.listing))
            .collect();
        if probes.is_empty() {
            return Err(Stop::NoData(format!(
                "no object has a value in a field that allows {operator}"
            )));
        }
        Ok(probes)
    }

    /// Predicates with an operator on one field.
    pub(in crate::checks) fn probes_of(&self, field: &FilterField, operator: &Op) -> Vec<Probe> {
        probes(field, operator, &self.listing)
    }

    /// Predicates of any operator that each hold of some objects and not of others, on different fields as far as possible.
    pub(in crate::checks) fn dividing(&self) -> Vec<Probe> {
        let mut chosen: Vec<Probe> = Vec::new();
        let mut spare = Vec::new();
        for operator in Op::ALL {
            let probes = self.probes(operator).unwrap_or_default();
            for probe in probes
                .into_iter()
                .filter(|probe| probe.divides(&self.listing))
            {
                let is_new = |one: &Probe| one.predicate.field != probe.predicate.field;
                if chosen.iter().all(is_new) {
                    chosen.push(probe);
                } else {
                    spare.push(probe);
                }
            }
        }
        chosen.extend(spare);
        chosen
    }

    /// The query for a demand beside what is required.
    pub(in crate::checks) fn query(&self, demand: Demand<'_>) -> FindInput {
        let base = self.base.iter().map(|probe| probe.predicate.clone());
        let filter = match demand {
            Demand::Of(probe) => FilterExpression::and(base.chain([probe.predicate.clone()])),
            Demand::Whole(expression) if self.base.is_empty() => expression,
            Demand::Whole(expression) => FilterExpression::and(base).group(expression),
        };
        FindInput::all().filter(filter)
    }

    /// Whether an object satisfies what is required.
    pub(in crate::checks) fn admits(&self, object: &Value) -> Option<bool> {
        self.base
            .iter()
            .try_fold(true, |all, probe| Some(all & probe.holds(object)?))
    }

    /// Finds by each query, and expects what the verdicts say of each object; those that are open do not count.
    ///
    /// # Errors
    ///
    /// An object is found that should not be, or the other way round.
    pub(in crate::checks) async fn expect(
        &self,
        cx: &Cx,
        ty: &TypeUnderTest,
        queries: &[Query<'_>],
    ) -> Result<(), Stop> {
        let (listing, found) = quiet(cx, ty, |_| async move {
            let mut found = Vec::new();
            for query in queries {
                let answer = cx.find(&ty.key, query.input.clone()).await;
                let answer = cx.expect_ok(format!("find where {}", query.what), answer)?;
                found.push(ids(cx, ty, &answer.result).await?);
            }
            Ok(found)
        })
        .await?;
        for (query, found) in queries.iter().zip(found) {
            let mut wrong = Vec::new();
            for seen in listing.objects.iter().filter(|seen| seen.steady) {
                let verdict = match self.admits(seen.value()) {
                    Some(true) => (query.verdict)(seen.value()),
                    open => open,
                };
                let is_found = found.contains(&seen.id);
                if verdict.is_some_and(|verdict| verdict != is_found) {
                    wrong.push((seen.id.clone(), is_found));
                }
            }
            expect_none_wrong(cx, ty, query, &wrong)?;
            let strangers: Vec<Id> = found.into_iter().filter(|id| !listing.has(id)).collect();
            if !strangers.is_empty() {
                self.expect_no_stranger(cx, ty, query, &strangers).await?;
            }
        }
        Ok(())
    }
}

impl Filterable {
    /// Expects that what was found and not listed was on its way in or out: it is not so again.
    async fn expect_no_stranger(
        &self,
        cx: &Cx,
        ty: &TypeUnderTest,
        query: &Query<'_>,
        strangers: &[Id],
    ) -> Result<(), Stop> {
        let found = cx.find(&ty.key, query.input.clone()).await?;
        let found = ids(cx, ty, &found.result).await?;
        let listing = list_all(cx, ty).await?;
        let again = strangers
            .iter()
            .find(|id| found.contains(id) && !listing.has(id));
        let what = format!(
            "what is found of {} where {} and not listed",
            ty.key, query.what
        );
        Ok(cx.expect_eq(what, again, None)?)
    }
}

/// What is demanded of a query.
pub(in crate::checks) enum Demand<'d> {
    /// One predicate.
    Of(&'d Probe),
    /// A whole expression.
    Whole(FilterExpression),
}

/// Whether an object is to be found; `None` where that is open.
pub(in crate::checks) type Verdict<'q> = Box<dyn Fn(&Value) -> Option<bool> + Send + Sync + 'q>;

/// A query, and what it means.
pub(in crate::checks) struct Query<'q> {
    pub(in crate::checks) what: String,
    pub(in crate::checks) input: FindInput,
    pub(in crate::checks) verdict: Verdict<'q>,
}

fn expect_none_wrong(
    cx: &Cx,
    ty: &TypeUnderTest,
    query: &Query<'_>,
    wrong: &[(Id, bool)],
) -> Result<(), Halt> {
    const SHOWN: usize = 5;
    cx.count_assertion();
    if wrong.is_empty() {
        return Ok(());
    }
    let list = |is_found: bool| {
        let of_kind = wrong.iter().filter(|(_, found)| *found == is_found);
        let shown: Vec<String> = of_kind
            .clone()
            .take(SHOWN)
            .map(|(id, _)| id.to_string())
            .collect();
        match of_kind.count() {
            0 => None,
            count if count > SHOWN => Some(format!("{}, … ({count})", shown.join(", "))),
            _ => Some(shown.join(", ")),
        }
    };
    let (missing, extra) = (list(false), list(true));
    let part = |ids: &Option<String>, verb: &str| ids.as_ref().map(|ids| format!("{verb}: {ids}"));
    let join = |parts: [Option<String>; 2]| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join("; ")
    };
    Err(Halt::failed(
        format!("find of {} where {}", ty.key, query.what),
        join([part(&missing, "found"), part(&extra, "not found")]),
        join([part(&missing, "not found"), part(&extra, "found")]),
    ))
}
