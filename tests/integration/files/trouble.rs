//! Ids that would lead out of the directory, directories that are not there, and what is no document.

use std::fs;

use omniview_sdk::{ConnectionStatusCode, ErrorClassifier, ErrorCode, ListInput};
use omniview_tests::files::{Directories, FileError, FileErrors};
use rstest::rstest;
use serde_json::json;

use super::desk::{CONNECTION, DOCUMENT, Desk, mount};

#[rstest]
#[case::the_parent("..")]
#[case::through_the_parent("../secret.txt")]
#[case::an_absolute_path("/etc/hosts")]
#[case::a_separator("sub/file.txt")]
#[case::the_other_separator("..\\secret.txt")]
#[case::a_drive("C:file.txt")]
#[case::a_nul("file.txt\0.png")]
#[case::a_line("file\n.txt")]
#[case::hidden(".profile")]
#[case::a_dot_that_some_systems_drop("secret.txt.")]
#[case::nothing("")]
#[case::longer_than_any_name(&"x".repeat(256))]
#[tokio::test]
async fn a_name_that_is_no_plain_one_is_refused_wherever_it_is_given(#[case] name: &str) {
    let desk = Desk::open().await;
    fs::write(desk.elsewhere("secret.txt"), "secret").unwrap();
    let code = ErrorCode::InvalidInput;
    let said = |error: omniview_sdk::ResourceOperationError| {
        assert!(error.message().contains("of a document"), "{error}");
        assert!(!error.suggestions().is_empty(), "{error}");
    };
    let text = json!({"text": "mine"});
    for (folder, name) in [("inbox", name), (name, "file.txt")] {
        // No namespace is none at all: the document is looked for in every folder.
        if folder.is_empty() {
            continue;
        }
        said(
            desk.h
                .get(DOCUMENT, name)
                .in_namespace(folder)
                .expect_error(code.clone())
                .await,
        );
        said(
            desk.h
                .update(DOCUMENT, name, &text)
                .in_namespace(folder)
                .expect_error(code.clone())
                .await,
        );
        said(
            desk.h
                .delete(DOCUMENT, name)
                .in_namespace(folder)
                .expect_error(code.clone())
                .await,
        );
        let made = json!({"name": name, "text": "mine"});
        said(
            desk.h
                .create(DOCUMENT, made)
                .in_namespace(folder)
                .expect_error(code.clone())
                .await,
        );
        let listed = desk
            .h
            .list(DOCUMENT, ListInput::all().namespace(folder))
            .await;
        assert_eq!(listed.total_count, 0);
    }
    assert_eq!(
        fs::read_to_string(desk.elsewhere("secret.txt")).unwrap(),
        "secret"
    );
    desk.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_leads_nowhere() {
    let desk = Desk::open().await;
    fs::create_dir(desk.elsewhere("private")).unwrap();
    fs::write(desk.elsewhere("private/secret.txt"), "secret").unwrap();
    let link = std::os::unix::fs::symlink::<std::path::PathBuf, std::path::PathBuf>;
    link(desk.elsewhere("private"), desk.path("open")).unwrap();
    link(
        desk.elsewhere("private/secret.txt"),
        desk.path("inbox/secret.txt"),
    )
    .unwrap();

    assert_eq!(desk.h.list(DOCUMENT, ListInput::all()).await.total_count, 0);
    for folder in ["open", "inbox"] {
        let get = desk.h.get(DOCUMENT, "secret.txt").in_namespace(folder);
        get.expect_error(ErrorCode::NotFound).await;
        let update = desk
            .h
            .update(DOCUMENT, "secret.txt", json!({"text": "mine"}));
        update
            .in_namespace(folder)
            .expect_error(ErrorCode::NotFound)
            .await;
    }
    let inside = json!({"name": "new.txt", "text": "mine"});
    desk.h
        .create(DOCUMENT, inside)
        .in_namespace("open")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(fs::read_dir(desk.elsewhere("private")).unwrap().count(), 1);
    desk.close().await;
}

#[tokio::test]
async fn what_is_no_document_is_not_listed() {
    let desk = Desk::open().await;
    desk.write("outside-of-folders.txt", "x");
    desk.write("inbox/.hidden", "x");
    fs::create_dir(desk.path("inbox/folder")).unwrap();
    fs::create_dir(desk.path(".git")).unwrap();
    desk.write(".git/config", "x");
    assert_eq!(desk.h.list(DOCUMENT, ListInput::all()).await.total_count, 0);
    desk.close().await;
}

#[rstest]
#[case::no_object(json!([]), "this is no document")]
#[case::a_field_that_no_file_has(json!({"name": "a", "owner": "me"}), "unknown field `owner`")]
#[case::a_number_for_a_text(json!({"name": "a", "text": 1}), "expected a string")]
#[tokio::test]
async fn what_no_file_can_hold_is_invalid_input(
    #[case] document: serde_json::Value,
    #[case] said: &str,
) {
    let desk = Desk::open().await;
    let create = desk.h.create(DOCUMENT, document).in_namespace("inbox");
    let error = create.expect_error(ErrorCode::InvalidInput).await;
    assert!(error.message().contains(said), "{error}");
    desk.close().await;
}

#[rstest]
#[case::nothing("", ErrorCode::InvalidInput, "no `root`")]
#[case::nobody_there(
    "/no/such/directory",
    ErrorCode::Unavailable,
    "cannot open the directory /no/such/directory"
)]
#[tokio::test]
async fn a_root_that_is_no_directory_fails_the_start(
    #[case] root: &str,
    #[case] code: ErrorCode,
    #[case] said: &str,
) {
    let h = mount(Directories::new().directory(CONNECTION, root.as_ref()));
    let error = h.start_connection(CONNECTION).expect_error(code).await;
    assert!(error.message().contains(said), "{error}");
    assert!(!error.suggestions().is_empty(), "{error}");
    h.shutdown().await;
}

#[tokio::test]
async fn a_directory_that_has_gone_is_unavailable_until_it_is_back() {
    let desk = Desk::open().await;
    fs::rename(desk.path(""), desk.elsewhere("away")).unwrap();
    let status = desk.h.check_connection(CONNECTION).await;
    assert_eq!(status.status, ConnectionStatusCode::NotFound);
    let list = desk.h.list(DOCUMENT, ListInput::all());
    let error = list.expect_error(ErrorCode::Unavailable).await;
    assert!(
        error.message().starts_with("cannot read the directory: "),
        "{error}"
    );
    assert_eq!(
        error.suggestions(),
        ["check that the directory is there, and mounted"]
    );

    fs::rename(desk.elsewhere("away"), desk.path("")).unwrap();
    desk.h.list(DOCUMENT, ListInput::all()).await;
    assert_eq!(
        desk.h.check_connection(CONNECTION).await.status,
        ConnectionStatusCode::Connected
    );
    desk.close().await;
}

#[rstest]
#[case(std::io::ErrorKind::PermissionDenied, ErrorCode::Forbidden)]
#[case(std::io::ErrorKind::ReadOnlyFilesystem, ErrorCode::Forbidden)]
#[case(std::io::ErrorKind::NotFound, ErrorCode::Unavailable)]
#[case(std::io::ErrorKind::StorageFull, ErrorCode::Unavailable)]
fn an_error_of_the_file_system_has_a_code(
    #[case] kind: std::io::ErrorKind,
    #[case] code: ErrorCode,
) {
    let error = FileError::while_doing("read inbox/a.txt")(kind.into());
    let classified = FileErrors.classify(&error).unwrap();
    assert_eq!(*classified.code(), code);
    assert!(
        classified
            .message()
            .starts_with("cannot read inbox/a.txt: "),
        "{classified}"
    );
    assert!(!classified.suggestions().is_empty());
}
