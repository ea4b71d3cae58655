//! The faults that are planned, and the calls that were made.

use std::sync::{Mutex, MutexGuard, PoisonError};

use omniview_sdk::{ConnectionId, PluginResult, ResourceKey};

use super::{Fault, PluginCall, PluginMethod, kind::Answer};

/// Which calls are meant; what is `None` may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) key: Option<ResourceKey>,
    pub(crate) connection: Option<ConnectionId>,
}

impl Target {
    fn includes(&self, key: Option<&ResourceKey>, connection: &ConnectionId) -> bool {
        self.key.as_ref().is_none_or(|wanted| Some(wanted) == key)
            && self
                .connection
                .as_ref()
                .is_none_or(|wanted| wanted == connection)
    }

    pub(super) fn includes_call(&self, call: &PluginCall) -> bool {
        // The key is built from the type: only where it is asked for.
        let key = self.key.as_ref().and_then(|_| call.key());
        self.includes(key.as_ref(), &call.connection_id())
    }
}

/// The faults that are planned, and the calls that were made.
#[derive(Debug, Default)]
pub(crate) struct Script(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    plans: Vec<Plan>,
    calls: Vec<PluginCall>,
}

#[derive(Debug)]
struct Plan {
    method: PluginMethod,
    target: Target,
    fault: Fault,
    left: Left,
}

#[derive(Debug, PartialEq, Eq)]
enum Left {
    Times(usize),
    Always,
}

impl Script {
    pub(crate) fn next(&self, target: &Target, method: PluginMethod, times: usize, fault: Fault) {
        if times > 0 {
            self.plan(target, method, fault, Left::Times(times));
        }
    }

    pub(crate) fn always(&self, target: &Target, method: PluginMethod, fault: Fault) {
        self.lock().plans.retain(|plan| {
            plan.left != Left::Always || plan.method != method || plan.target != *target
        });
        self.plan(target, method, fault, Left::Always);
    }

    /// Forgets what was planned for a method: for this target, or for whatever target where it names none.
    pub(crate) fn heal(&self, target: &Target, method: PluginMethod) {
        let every = *target == Target::default();
        self.lock()
            .plans
            .retain(|plan| plan.method != method || !(every || plan.target == *target));
    }

    /// Forgets everything that was planned for a target.
    pub(crate) fn heal_all(&self, target: &Target) {
        let every = *target == Target::default();
        self.lock()
            .plans
            .retain(|plan| !(every || plan.target == *target));
    }

    pub(crate) fn calls(&self, target: &Target, method: PluginMethod) -> Vec<PluginCall> {
        let state = self.lock();
        let meant = state.calls.iter().filter(|call| call.operation == method);
        meant
            .filter(|call| target.includes_call(call))
            .cloned()
            .collect()
    }

    pub(crate) fn count(&self, target: &Target, method: PluginMethod) -> usize {
        let state = self.lock();
        let meant = state.calls.iter().filter(|call| call.operation == method);
        meant.filter(|call| target.includes_call(call)).count()
    }

    /// Remembers a call, and lets the planned fault happen.
    pub(crate) async fn enter(&self, call: PluginCall) -> PluginResult<Answer> {
        match self.note(call) {
            None => Ok(Answer::Proper),
            Some(fault) => fault.happen().await,
        }
    }

    /// Remembers a call, and takes the fault that is planned for it: the first that is counted, else the last that is not.
    pub(crate) fn note(&self, call: PluginCall) -> Option<Fault> {
        let mut state = self.lock();
        let State { plans, calls } = &mut *state;
        let fits = |plan: &Plan| plan.method == call.operation && plan.target.includes_call(&call);
        let counted = plans
            .iter()
            .position(|plan| plan.left != Left::Always && fits(plan));
        let found = counted.or_else(|| plans.iter().rposition(fits));
        let fault = found.map(|index| {
            let fault = plans[index].fault.clone();
            match &mut plans[index].left {
                Left::Always => {}
                Left::Times(1) => drop(plans.remove(index)),
                Left::Times(left) => *left -= 1,
            }
            fault
        });
        calls.push(call);
        fault
    }

    fn plan(&self, target: &Target, method: PluginMethod, fault: Fault, left: Left) {
        self.lock().plans.push(Plan {
            method,
            target: target.clone(),
            fault,
            left,
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
