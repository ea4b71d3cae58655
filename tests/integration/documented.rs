//! Whatever the published crates offer is documented to one standard, as far as their sources tell.
//!
//! `pub` is taken at its word: the lint `unreachable_pub` sees to it that nobody writes it above what is not reached from outside.

use std::{fs, path::Path};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, Ident, ImplItem, Item, Lit, Signature, TraitItem, Visibility,
    parse::{ParseStream, Parser},
};

const PUBLISHED: [&str; 4] = ["sdk", "plugintest", "reference-backend", "conformance"];

/// The macros that make a public type of a documentation and a name.
#[rustfmt::skip]
const MAKERS: [&str; 6] = ["open_enum", "int_enum", "text_id", "data_payload", "single_result", "page_result"];

// What is missing, and what to write.
const SUMMARY: &str = "no summary: say as a fact, on the first line, what it is or does";
const EXAMPLE: &str = "no example: add lines that show what it is for, and assert it";
const ERRORS: &str = "no `# Errors`: say which errors it returns, and when";
const CANCEL: &str = "no `# Cancel safety`: say what has happened when its future is dropped";

#[test]
fn every_public_item_is_documented_to_the_standard() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for package in PUBLISHED {
        let mut reader = Reader::default();
        reader.read(&workspace, &format!("{package}/src/lib.rs"));
        let seen = reader.seen;
        assert!(seen > 10, "only {seen} public items in {package}");
        found.append(&mut reader.found);
    }
    let lines = found.join("\n  ");
    assert!(
        found.is_empty(),
        "public items lack what a reader needs:\n  {lines}"
    );
}

#[test]
fn what_is_missing_is_said_with_its_place() {
    let source = r#"
        pub struct Bare;
        /// What is awaited.
        pub trait Asked {
            /// Says `# Errors` in passing, which is no section.
            async fn ask(&self) -> Result<()>;
        }
        /// Does it.
        pub fn fallible() -> PluginResult<()> {}
        impl Bare {
            pub fn later(&self) -> impl Future<Output = Result<(), E>> + use<'_> {}
            fn private(&self) -> Result<()> {}
        }
        open_enum! {
            /// ```text
            /// no code
            /// ```
            Made = Kind {}
        }
        pub(crate) struct Inner;
        #[doc(hidden)]
        pub struct Hidden;
        #[cfg(test)]
        mod tests { pub struct Helper; }
    "#;
    let mut reader = Reader::default();
    assert_eq!(reader.source("a.rs", source), [""; 0], "no other file");
    let expected = [
        ("2: `Bare`", SUMMARY),
        ("2: `Bare`", EXAMPLE),
        ("4: `Asked`", EXAMPLE),
        ("6: `Asked::ask`", ERRORS),
        ("6: `Asked::ask`", CANCEL),
        ("9: `fallible`", EXAMPLE),
        ("9: `fallible`", ERRORS),
        ("11: `Bare::later`", ERRORS),
        ("11: `Bare::later`", CANCEL),
        ("18: `Made`", SUMMARY),
        ("18: `Made`", EXAMPLE),
    ];
    let expected = expected.map(|(at, missing)| format!("a.rs:{at} has {missing}"));
    assert_eq!(reader.found, expected);
}

#[derive(Default)]
struct Reader {
    file: String,
    /// The modules that are in files of their own.
    modules: Vec<String>,
    seen: usize,
    found: Vec<String>,
}

impl Reader {
    /// Reads a file, and those of its modules.
    fn read(&mut self, workspace: &Path, file: &str) {
        let text = fs::read_to_string(workspace.join(file));
        let text = text.unwrap_or_else(|error| panic!("{file} cannot be read: {error}"));
        let stem = file.trim_end_matches(".rs");
        let place = stem.trim_end_matches("/lib").trim_end_matches("/mod");
        for module in self.source(file, &text) {
            let own = format!("{place}/{module}.rs");
            let below = format!("{place}/{module}/mod.rs");
            let there = workspace.join(&own).exists();
            self.read(workspace, if there { &own } else { &below });
        }
    }

    fn source(&mut self, file: &str, text: &str) -> Vec<String> {
        let parsed = syn::parse_file(text);
        let parsed = parsed.unwrap_or_else(|error| panic!("{file} cannot be parsed: {error}"));
        self.file = file.to_owned();
        parsed.items.iter().for_each(|item| self.item(item));
        std::mem::take(&mut self.modules)
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => self.offered(&item.vis, &item.attrs, &item.ident),
            Item::Enum(item) => self.offered(&item.vis, &item.attrs, &item.ident),
            Item::Type(item) => self.offered(&item.vis, &item.attrs, &item.ident),
            Item::Fn(item) if is_offered(&item.vis, &item.attrs) => {
                self.named(&item.sig.ident, &lines(&item.attrs));
                self.function("", &item.sig, &lines(&item.attrs));
            }
            Item::Trait(item) if is_offered(&item.vis, &item.attrs) => {
                let whole = lines(&item.attrs);
                self.named(&item.ident, &whole);
                for method in &item.items {
                    if let TraitItem::Fn(method) = method {
                        // What is said of the whole trait holds for each method.
                        let docs = [lines(&method.attrs), whole.clone()].concat();
                        self.function(&format!("{}::", item.ident), &method.sig, &docs);
                    }
                }
            }
            Item::Impl(item) if item.trait_.is_none() => {
                let owner = written(&item.self_ty);
                let (owner, _) = owner.split_once(" <").unwrap_or((&owner, ""));
                for method in &item.items {
                    if let ImplItem::Fn(method) = method
                        && is_offered(&method.vis, &method.attrs)
                    {
                        self.function(&format!("{owner}::"), &method.sig, &lines(&method.attrs));
                    }
                }
            }
            Item::Mod(item) if !is_left_out(&item.attrs) => match &item.content {
                Some((_, items)) => items.iter().for_each(|item| self.item(item)),
                None => self.modules.push(item.ident.to_string()),
            },
            Item::Macro(item) if MAKERS.iter().any(|one| item.mac.path.is_ident(one)) => {
                let made = made.parse2(item.mac.tokens.clone());
                let (attrs, name) = made.unwrap_or_else(|error| panic!("{}: {error}", self.file));
                self.named(&name, &lines(&attrs));
            }
            _ => {}
        }
    }

    fn offered(&mut self, vis: &Visibility, attrs: &[Attribute], name: &Ident) {
        if is_offered(vis, attrs) {
            self.named(name, &lines(attrs));
        }
    }

    fn named(&mut self, name: &Ident, docs: &[String]) {
        self.seen += 1;
        let first = docs.first().map_or("", String::as_str);
        let summary = first.starts_with(char::is_alphanumeric);
        let fences = docs.iter().filter_map(|line| line.strip_prefix("```"));
        let code = ["", "no_run", "should_panic", "compile_fail"];
        let example = fences.step_by(2).any(|info| code.contains(&info));
        self.check(summary, "", name, SUMMARY);
        self.check(example, "", name, EXAMPLE);
    }

    fn function(&mut self, owner: &str, sig: &Signature, docs: &[String]) {
        let has = |section: &str| docs.iter().any(|line| line == section);
        let output = written(&sig.output);
        let (outermost, _) = output.split_once(" <").unwrap_or((&output, ""));
        let waits = sig.asyncness.is_some() || output.contains("Future <");
        let fails = outermost.ends_with("Result") || waits && output.contains("Result <");
        self.check(!fails || has("# Errors"), owner, &sig.ident, ERRORS);
        self.check(!waits || has("# Cancel safety"), owner, &sig.ident, CANCEL);
    }

    fn check(&mut self, holds: bool, owner: &str, name: &Ident, missing: &str) {
        if !holds {
            let (file, line) = (&self.file, name.span().start().line);
            let what = format!("{file}:{line}: `{owner}{name}` has {missing}");
            self.found.push(what);
        }
    }
}

/// What the call of a maker begins with.
fn made(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Ident)> {
    let made = (input.call(Attribute::parse_outer)?, input.parse()?);
    input.parse::<TokenStream>()?;
    Ok(made)
}

/// The lines of a documentation.
fn lines(attrs: &[Attribute]) -> Vec<String> {
    let docs = attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let texts = docs.filter_map(|attr| match &attr.meta.require_name_value().ok()?.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value().trim().to_owned()),
        _ => None,
    });
    texts.collect()
}

/// A type as text, with spaces between the tokens.
fn written(part: &impl ToTokens) -> String {
    part.to_token_stream().to_string()
}

fn is_offered(vis: &Visibility, attrs: &[Attribute]) -> bool {
    matches!(vis, Visibility::Public(_)) && !is_left_out(attrs)
}

/// Whether it belongs to the tests, or is there for macros.
fn is_left_out(attrs: &[Attribute]) -> bool {
    let mut lists = attrs
        .iter()
        .filter_map(|attr| attr.meta.require_list().ok());
    lists.any(|list| match list.tokens.to_string().as_str() {
        "test" => list.path.is_ident("cfg"),
        "hidden" => list.path.is_ident("doc"),
        _ => false,
    })
}
