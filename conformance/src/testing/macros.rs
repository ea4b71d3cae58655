//! The macros that become tests.

/// Makes one `#[test]` of every check, over the subject that a function makes.
///
/// The tests are `area::name`, so that `cargo test crud::get` and `cargo nextest run` choose among them. Each
/// mounts a plugin of its own on a runtime of its own, when it runs and not before.
///
/// - A check that fails, times out, or is an error of the suite fails its test with the full text.
/// - A MUST that is blocked fails its test with what is missing; a SHOULD passes.
/// - A check that is not applicable passes, and a SHOULD that is not kept does; both say so on standard error.
/// - A check that leaves something behind fails its test, and so does one whose history violates an
///   [invariant](crate::history::invariants).
///
/// ```
/// mod conformance {
/// # use omniview_conformance::Subject;
/// # fn my_config() -> omniview_sdk::ResourcePluginConfig<()> { unimplemented!() }
///     fn subject() -> Subject {
///         Subject::in_process("my-plugin", my_config)
///     }
///
///     omniview_conformance::tests!(subject);
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! tests {
    ($subject:expr) => {
        fn __conformance_subject() -> $crate::Subject {
            ($subject)()
        }

        $crate::for_each_check! { [$crate::__test_area] [] }
    };
}

/// The tests of one area.
#[doc(hidden)]
#[macro_export]
macro_rules! __test_area {
    ([] $area:ident { $($name:ident { $($fields:tt)* })+ }) => {
        mod $area {
            $(
                #[test]
                fn $name() {
                    $crate::__test(
                        stringify!($area),
                        stringify!($name),
                        module_path!(),
                        super::__conformance_subject,
                    );
                }
            )+
        }
    };
}

/// Makes a test binary of its own, with one test a check, over the subject that a function makes. Needs the feature `harness`.
///
/// As [`tests!`](crate::tests), with two differences. A check that is not applicable is shown as ignored instead of passed,
/// with the reason, by `cargo test` and by nextest. And the tests are the only ones of their file, which has no harness:
///
/// ```toml
/// [dev-dependencies]
/// omniview-conformance = { version = "0.1", default-features = false, features = ["harness"] }
///
/// [[test]]
/// name = "conformance"
/// harness = false
/// ```
///
/// ```no_run
/// // tests/conformance.rs
/// # use omniview_conformance::Subject;
/// # fn my_config() -> omniview_sdk::ResourcePluginConfig<()> { unimplemented!() }
/// fn subject() -> Subject {
///     Subject::in_process("my-plugin", my_config)
/// }
///
/// omniview_conformance::main!(subject);
/// ```
///
/// - The tests are `area::name`, and the arguments those of every test binary: `cargo test --test conformance crud::get`.
/// - Listing mounts the plugin once, to see what it declares. A plugin that cannot be mounted lists every check, and each
///   fails with the reason. Whoever runs one test by its name, as nextest does, pays for that test alone.
/// - While tests are listed, standard output belongs to the list: a plugin must not print there while it is mounted.
/// - What tests print is not captured.
#[cfg(feature = "harness")]
#[macro_export]
macro_rules! main {
    ($subject:expr) => {
        fn main() -> ::std::process::ExitCode {
            $crate::__main($subject, module_path!())
        }
    };
}
