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

/// A server takes 0 s for no bound, and knows no parts of a second.
#[test]
fn times_are_whole_seconds_and_never_none() {
    for (millis, expect) in [(0, 1), (400, 1), (1000, 1), (1001, 2), (2999, 3)] {
        let time = Duration::from_millis(millis);
        let bound = format!("timeoutSeconds={expect}");
        assert_eq!(query(&ListOptions::default().timeout(time)), bound);
        let watch = query(&WatchOptions::default().timeout(time));
        assert!(watch.ends_with(&bound), "{watch}");
        let log = query(&LogOptions::default().since(time));
        assert_eq!(log, format!("sinceSeconds={expect}"));
    }
}

#[test]
fn a_log_is_asked_for_in_full() {
    let options = LogOptions::of("c")
        .follow()
        .previous()
        .since_time(skeg_meta::Time::default())
        .timestamps()
        .tail(5)
        .limit_bytes(9);
    assert_eq!(
        query(&options),
        "container=c&follow=true&previous=true&sinceTime=1970-01-01T00%3A00%3A00Z&timestamps=true&tailLines=5&limitBytes=9"
    );
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
    let log = LogOptions::of("c").since(Duration::from_secs(5));
    check(log.check(), "");
    check(
        log.since_time(skeg_meta::Time::default()).check(),
        "leave since or since_time unset",
    );
    let negative = LogOptions {
        tail_lines: Some(-1),
        ..LogOptions::default()
    };
    check(negative.check(), "tail_lines cannot be negative");
    let nothing = LogOptions {
        limit_bytes: Some(0),
        ..LogOptions::default()
    };
    check(nothing.check(), "limit_bytes must be at least 1");
    check(LogOptions::default().tail(0).limit_bytes(0).check(), "");
}
