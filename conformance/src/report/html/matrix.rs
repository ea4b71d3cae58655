//! The table of areas by capability, and what each type declares.

use maud::{Markup, html};

use super::group::{self, Counts};
use crate::{
    catalogue::find_check,
    check::{Capability, Need},
    report::{CheckReport, Report},
    status::StatusKind,
};

/// The capabilities that a check is about; none for one that is about every plugin, or is not in this suite's catalogue.
pub(super) fn capabilities(check: &CheckReport) -> Vec<Capability> {
    let needs = find_check(&check.id).map_or(&[][..], |check| check.needs);
    let mut about: Vec<Capability> = needs
        .iter()
        .filter_map(|need| match need {
            Need::Has(capability) | Need::Lacks(capability) => Some(*capability),
            _ => None,
        })
        .collect();
    about.sort_unstable();
    about.dedup();
    about
}

/// The word of the column of checks that need no capability.
pub(super) const EVERY: &str = "any";

/// How the checks of each area ended, by what they need.
pub(super) fn matrix(report: &Report) -> Markup {
    let results: Vec<(&CheckReport, Vec<Capability>)> = report
        .results
        .iter()
        .map(|check| (check, capabilities(check)))
        .collect();
    let columns: Vec<Capability> = Capability::ALL
        .iter()
        .copied()
        .filter(|capability| results.iter().any(|(_, about)| about.contains(capability)))
        .collect();
    let mut areas: Vec<&str> = Vec::new();
    for (check, _) in &results {
        if !areas.contains(&check.area()) {
            areas.push(check.area());
        }
    }
    let cell = |area: Option<&str>, wanted: &dyn Fn(&[Capability]) -> bool| {
        group::counts(
            results
                .iter()
                .filter(|(check, about)| {
                    area.is_none_or(|area| check.area() == area) && wanted(about)
                })
                .map(|(check, _)| *check),
        )
    };
    let everything = |_: &[Capability]| true;
    html! {
        @if !areas.is_empty() {
            section.matrix #matrix aria-labelledby="matrix-title" {
                h2 #matrix-title { "Areas by capability" }
                p.hint { "What the checks of an area need of a type. A check that needs two capabilities counts in both columns." }
                table {
                    thead {
                        tr {
                            th scope="col" { "Area" }
                            th scope="col" { "All" }
                            th scope="col" { "Any type" }
                            @for capability in &columns {
                                th scope="col" title=(declared_in_words(report, *capability)) {
                                    (short(*capability))
                                    small { (declared(report, *capability)) }
                                }
                            }
                        }
                    }
                    tbody {
                        @for area in &areas {
                            tr {
                                th scope="row" { a href={ "#area-" (area) } data-go={ "area=" (area) } { (area) } }
                                (filled(&cell(Some(area), &everything), Some(area), None))
                                (filled(&cell(Some(area), &|about| about.is_empty()), Some(area), Some(EVERY)))
                                @for capability in &columns {
                                    (filled(&cell(Some(area), &|about| about.contains(capability)), Some(area), Some(capability.as_str())))
                                }
                            }
                        }
                    }
                    @if areas.len() > 1 {
                        tfoot {
                            tr {
                                th scope="row" { "all" }
                                (filled(&cell(None, &everything), None, None))
                                (filled(&cell(None, &|about| about.is_empty()), None, Some(EVERY)))
                                @for capability in &columns {
                                    (filled(&cell(None, &|about| about.contains(capability)), None, Some(capability.as_str())))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A cell that says how its checks ended and leads to them.
fn filled(counts: &Counts, area: Option<&str>, capability: Option<&str>) -> Markup {
    let Some(worst) = group::worst(counts) else {
        return html! { td.empty { span aria-hidden="true" { "·" } } };
    };
    let mut go = Vec::new();
    go.extend(area.map(|area| format!("area={area}")));
    go.extend(capability.map(|capability| format!("cap={capability}")));
    let place = match (area, capability) {
        (area, None) => area.unwrap_or("everything").to_owned(),
        (area, Some(capability)) => format!("{}, {capability}", area.unwrap_or("everything")),
    };
    let label = format!("{place}: {}", group::in_words(counts));
    let target = area.map_or_else(|| "#checks".to_owned(), |area| format!("#area-{area}"));
    html! {
        td.{ "s-" (worst) } {
            a href=(target) data-column=(capability.unwrap_or("all")) data-go=(go.join("&")) title=(label) aria-label=(label) {
                @for (kind, count) in group::WORST_FIRST.iter().filter_map(|kind| Some((kind, counts.get(kind)?))) {
                    span.{ "s-" (kind) } { (group::icon(*kind)) (count) }
                }
            }
        }
    }
}

/// A capability as a heading.
fn short(capability: Capability) -> String {
    match capability {
        Capability::NamespaceScoped => "namespaced".to_owned(),
        _ => {
            let name = capability.as_str();
            name.strip_prefix("has").unwrap_or(name).to_lowercase()
        }
    }
}

fn declaring(report: &Report, capability: Capability) -> usize {
    let types = report.header.capabilities.values();
    types.filter(|of| capability.is_in(of)).count()
}

fn declared(report: &Report, capability: Capability) -> String {
    let all = report.header.capabilities.len();
    format!("{}/{all}", declaring(report, capability))
}

fn declared_in_words(report: &Report, capability: Capability) -> String {
    let all = report.header.capabilities.len();
    format!(
        "{} of {all} types are {capability}",
        declaring(report, capability)
    )
}

/// What each type declares.
pub(super) fn types(report: &Report) -> Markup {
    let types = &report.header.capabilities;
    html! {
        @if !types.is_empty() {
            details.types {
                summary { (types.len()) @if types.len() == 1 { " type" } @else { " types" } " and what they declare" }
                table {
                    thead {
                        tr {
                            th scope="col" { "Type" }
                            @for capability in Capability::ALL { th scope="col" { (short(*capability)) } }
                        }
                    }
                    tbody {
                        @for (key, declared) in types {
                            tr {
                                th scope="row" { code { (key) } }
                                @for capability in Capability::ALL {
                                    @if capability.is_in(declared) {
                                        td.has data-column=(short(*capability)) { (group::icon(StatusKind::Pass)) span.hidden { "yes" } }
                                    } @else {
                                        td.lacks { span.hidden { "no" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
