//! List and find.

use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{
    FilterExpression, FilterPredicate, FindInput, FindResult, Json, ListInput, ListResult,
};

use super::Look;
use crate::support::{names, text};

impl Look {
    pub(super) async fn shows_in_queries(&self, deviation: Deviation) -> bool {
        let by_name = ListInput::all().order_by_descending("metadata.name");
        match deviation {
            Deviation::PageOverlap => {
                let all = self.list(by_name.clone()).await.result;
                let second = self.list(by_name.clone().page(2, 5)).await.result;
                let cursor = self.list(by_name.clone().page_size(5)).await.next_cursor;
                let next = by_name.page_size(5).cursor(cursor.unwrap());
                let next = self.list(next).await.result;
                assert_eq!(second, next);
                second[0] == all[4] && second[1..] == all[6..10]
            }
            Deviation::PageSizeIgnored => self.list(by_name.page_size(5)).await.result.len() == 23,
            Deviation::WrongTotal => self.list(by_name).await.total_count == 24,
            Deviation::TotalOfPage => self.list(by_name.page_size(5)).await.total_count == 5,
            Deviation::OrderIgnored => {
                self.list(by_name).await.result == self.list(ListInput::all()).await.result
            }
            Deviation::SecondOrderIgnored => {
                let one = ListInput::all().order_by("status.phase");
                let two = one.clone().order_by_descending("metadata.name");
                self.list(one).await.result == self.list(two).await.result
            }
            Deviation::DescendingIgnored => {
                let ascending = ListInput::all().order_by("metadata.name");
                self.list(by_name).await.result == self.list(ascending).await.result
            }
            Deviation::TiesUnstable => {
                let input = ListInput::all().order_by("status.phase");
                let first = self.list(input.clone()).await.result;
                let mut sorted = [first.clone(), self.list(input).await.result];
                let differ = sorted[0] != sorted[1];
                sorted
                    .iter_mut()
                    .for_each(|one| one.sort_by_key(Json::to_string));
                assert_eq!(sorted[0], sorted[1], "nothing is lost");
                differ
            }
            Deviation::UnorderedByAge | Deviation::UnorderedWavers => {
                // The newest, and not the last by its name.
                self.create(1).await.unwrap();
                let ordered = ListInput::all()
                    .order_by("metadata.namespace")
                    .order_by("metadata.name");
                let ordered = self.list(ordered).await.result;
                let first = self.list(ListInput::all()).await.result;
                let mut second = self.list(ListInput::all()).await.result;
                if deviation == Deviation::UnorderedByAge {
                    assert_eq!(first, second);
                    let uids = first.iter().map(|pod| text(pod, "/metadata/uid"));
                    return first != ordered && uids.is_sorted();
                }
                second.reverse();
                first == ordered && second == ordered
            }
            Deviation::CursorForgetsOrder => {
                let all = self.list(by_name.clone()).await.result;
                let plain = self.list(ListInput::all()).await.result;
                let second = self.second(by_name).await.result;
                assert!(second == all[5..10] || second == plain[5..10]);
                second == plain[5..10]
            }
            Deviation::CursorByPosition => {
                let all = self.list(by_name.clone()).await.result;
                let first = self.list(by_name.clone().page_size(5)).await;
                let (gone, namespace) = (&names(&all)[2], text(&all[2], "/metadata/namespace"));
                self.backend
                    .remove("dev", Kind::Pod, &namespace, gone)
                    .unwrap();
                let next = by_name.page_size(5).cursor(first.next_cursor.unwrap());
                self.list(next).await.result[0] == all[6]
            }
            Deviation::CursorForAnyQuery => {
                let first = self.list(by_name.page_size(5)).await;
                let other = ListInput::all()
                    .page_size(5)
                    .cursor(first.next_cursor.unwrap());
                let provider = &self.plugin.provider;
                provider.list(&self.ctx, &self.pods, other).await.is_ok()
            }
            Deviation::CursorAtTheEnd => {
                let last = self.list(by_name.clone().page(5, 5)).await;
                assert_eq!(last.result.len(), 3);
                let Some(cursor) = last.next_cursor else {
                    return false;
                };
                let beyond = self.list(by_name.page_size(5).cursor(cursor)).await;
                beyond.result.is_empty() && beyond.next_cursor.is_none()
            }
            Deviation::NamespaceFilterIgnored => {
                self.list(by_name.namespace("shop")).await.result.len() == 23
            }
            Deviation::ListWithoutSuccess => !self.list(by_name).await.success,
            Deviation::NoNamespaceMeansDefault => self.list(by_name).await.total_count == 1,
            _ => self.shows_in_filters(deviation).await,
        }
    }

    async fn shows_in_filters(&self, deviation: Deviation) -> bool {
        let priority = "spec.priority";
        let pending = FilterPredicate::eq("status.phase", "Pending");
        let failed = FilterPredicate::eq("status.phase", "Failed");
        match deviation {
            Deviation::GtAlwaysTrue => {
                let or = FilterExpression::or([pending, FilterPredicate::gt(priority, 100_000)]);
                let alone = self.find(FilterPredicate::gt(priority, 100_000)).await;
                alone.total_count == 23 && self.find(or).await.total_count == 23
            }
            Deviation::GteExcludesEqual => {
                let gt = self.find(FilterPredicate::gt(priority, 200)).await;
                let gte = self.find(FilterPredicate::gte(priority, 200)).await;
                gt == gte
            }
            Deviation::PrefixAsContains => {
                let prefix = self
                    .find(FilterPredicate::prefix("metadata.name", "out"))
                    .await;
                names(&prefix.result) == ["checkout-0", "checkout-1", "checkout-2"]
            }
            Deviation::LteExcludesEqual => {
                let lt = self.find(FilterPredicate::lt(priority, 200)).await;
                let lte = self.find(FilterPredicate::lte(priority, 200)).await;
                lt == lte
            }
            Deviation::SuffixAsContains => {
                let suffix = FilterPredicate::suffix("metadata.name", "grafana");
                self.find(suffix).await.total_count == 1
            }
            Deviation::ExistsIgnored => {
                let exists = FilterPredicate::exists("spec.nodeName");
                self.find(exists).await.total_count == 23
            }
            Deviation::RegexIgnored => {
                let regex = FilterPredicate::regex("metadata.name", "^graf");
                self.find(regex).await.total_count == 23
            }
            Deviation::HasKeyIgnored => {
                let key = FilterPredicate::has_key("metadata.labels", "revision");
                self.find(key).await.total_count == 23
            }
            Deviation::NotInIgnored => {
                let running = FilterPredicate::none_of("status.phase", ["Running"]);
                self.find(running).await.total_count == 23
            }
            Deviation::InFirstOnly => {
                let phases = FilterPredicate::any_of("status.phase", ["Pending", "Failed"]);
                self.find(phases).await.total_count == 1
            }
            Deviation::NeqOnMissingFalse => {
                let neq = self
                    .find(FilterPredicate::neq("spec.nodeName", "dev-a"))
                    .await;
                !names(&neq.result).contains(&"prometheus-1".to_owned())
            }
            Deviation::OrAsAnd => {
                let or = FilterExpression::or([pending, failed]);
                self.find(or).await.total_count == 0
            }
            Deviation::GroupsIgnored => {
                let grouped = FilterExpression::default().group(pending.into());
                self.find(grouped).await.total_count == 23
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    async fn list(&self, input: ListInput) -> ListResult {
        let provider = &self.plugin.provider;
        provider.list(&self.ctx, &self.pods, input).await.unwrap()
    }

    async fn second(&self, input: ListInput) -> ListResult {
        let first = self.list(input.clone().page_size(5)).await;
        let cursor = first.next_cursor.unwrap();
        self.list(input.page_size(5).cursor(cursor)).await
    }

    async fn find(&self, filter: impl Into<FilterExpression>) -> FindResult {
        let input = FindInput::all().filter(filter);
        let provider = &self.plugin.provider;
        provider.find(&self.ctx, &self.pods, input).await.unwrap()
    }
}
