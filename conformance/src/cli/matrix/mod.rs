//! `conformance matrix`: which checks catch which deviations.
//!
//! What is known is in the catalogue, where each check names the deviations that it catches. The tests hold that to be true;
//! `--run` shows it, and what is caught on the way.

mod known;
mod page;
mod run;

use omniview_conformance::Verdict;

use super::{
    args::MatrixArgs,
    output::{Outcome, print},
};

/// Prints the matrix: what is known, or what a run shows.
///
/// # Errors
///
/// No deviation has such a name.
pub(super) fn matrix(args: &MatrixArgs) -> Outcome {
    if args.markdown {
        print(&page::page());
        return Ok(Verdict::Conformant);
    }
    let chosen = known::chosen(args.deviation.as_deref())?;
    if args.run {
        return run::run(&chosen);
    }
    print(&known::text(&chosen));
    Ok(Verdict::Conformant)
}
