//! The conformance suite over the reference, to compare with the plugins: as little does not apply to it.

use crate::full_profile;

#[tokio::test(start_paused = true)]
async fn the_full_profile_passes_but_for_what_is_named_here() {
    let subject = omniview_door_subject::reference();
    insta::assert_snapshot!(full_profile::not_passed(subject).await, @r"
    a backend that can be made to fail (Outside::inject): nobody is behind the back of this one
    a backend that can be made to refuse access (Outside::inject): nobody is behind the back of this one
    a way behind the plugin's back (Outside): nobody is behind the back of this one
    a way to configure connections behind the plugin's back (Outside::configures_connections)
    every operation is supported
    its watch is not limited
    no field is required
    not watchable
    ");
}
