//! What is sent, and what is refused.

use super::*;

fn query(options: &dyn QueryOptions) -> String {
    let mut query = Query::default();
    options.write(&mut query);
    query.as_str().to_owned()
}

#[test]
fn defaults_say_nothing() {
    assert_eq!(query(&GetOptions::default()), "");
    assert_eq!(query(&ListOptions::default()), "");
    assert_eq!(query(&CreateOptions::default()), "");
    assert_eq!(query(&PatchOptions::default()), "");
    assert_eq!(DeleteOptions::default().body(), None);
}

#[test]
fn selectors_are_escaped() {
    let options = ListOptions::default().labels("app in (a,b)").limit(5);
    assert_eq!(
        query(&options),
        "labelSelector=app%20in%20%28a%2Cb%29&limit=5"
    );
}

#[test]
fn a_streaming_list_asks_for_what_it_needs() {
    let options = WatchOptions {
        send_initial_events: true,
        bookmarks: false,
        ..WatchOptions::default()
    };
    assert_eq!(
        query(&options),
        "watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    );
}

#[test]
fn deletion_carries_its_preconditions() {
    let body = DeleteOptions::now()
        .uid("u")
        .propagation(Propagation::Foreground)
        .body();
    assert_eq!(
        body.map(|body| body.to_string()).as_deref(),
        Some(
            r#"{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,"preconditions":{"uid":"u"},"propagationPolicy":"Foreground"}"#
        )
    );
}

#[test]
fn what_does_not_go_together_is_refused_with_a_remedy() {
    let lists = [
        (ListOptions::default().at_exactly("5").limit(3), ""),
        (ListOptions::default().not_older_than("0"), ""),
        (ListOptions::default().continue_from("t").limit(3), ""),
        (
            ListOptions::default().at_exactly("0"),
            "cannot be matched exactly: use any_version",
        ),
        (
            ListOptions {
                resource_version_match: Some(VersionMatch::Exact),
                ..ListOptions::default()
            },
            "name one, by not_older_than or at_exactly",
        ),
        (
            ListOptions::default().at_exactly("5").continue_from("t"),
            "leave resource_version_match unset",
        ),
    ];
    let check = |refused: Refused, expect: &str| match refused {
        Ok(()) => assert_eq!(expect, ""),
        Err(why) => assert!(!expect.is_empty() && why.contains(expect), "{why}"),
    };
    for (options, expect) in lists {
        check(options.check(), expect);
    }
    let watch = WatchOptions::default().initial_events("7");
    check(watch.check(), "");
    check(watch.without_bookmarks().check(), "leave bookmarks on");
    check(
        PatchOptions::default().force().check(false),
        "leave force off",
    );
    check(
        PatchOptions::apply("").check(true),
        "PatchOptions::apply(name)",
    );
    check(PatchOptions::apply("a\n").check(true), "printable");
    check(
        CreateOptions::default().manager("x".repeat(129)).check(),
        "shorter",
    );
    check(DeleteOptions::default().grace(-1).check(), "use now()");
    check(DeleteOptions::now().check(), "");
}
