use library::library;
use omniview_conformance::{Need, ResourceFixture, Sample, Subject};
use serde_json::json;

fn subject() -> Subject {
    let books = ResourceFixture::new("library::v1::Book")
        .sample(|n, _| {
            let isbn = format!("isbn-{n}");
            Sample::new(&isbn, json!({"isbn": isbn, "title": format!("Book {n}")}))
        })
        .change(|mut book| {
            book["title"] = json!("Second edition");
            book
        });
    Subject::in_process("library", library)
        .resource(books)
        .without(Need::Outside, "nobody else puts books on these shelves")
}

omniview_conformance::tests!(subject); // every check of the suite is a #[test]
