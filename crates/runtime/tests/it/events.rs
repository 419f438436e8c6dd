//! Events are counted, combined and held back.

use std::time::Duration;

use skeg_api::core::v1::{Event, Pod};
use skeg_api::events::v1::Event as SeriesEvent;
use skeg_meta::ObjectMeta;
use skeg_runtime::testing::FakeApi;
use skeg_runtime::{EventApi, EventRecorder, EventType, ManualClock};
use tokio_util::sync::CancellationToken;

fn pod(name: &str) -> Pod {
    let mut metadata = ObjectMeta::named("a", name);
    metadata.uid = format!("uid-{name}");
    Pod {
        metadata,
        ..Pod::default()
    }
}

fn recorder(server: &FakeApi, api: EventApi, clock: &ManualClock) -> EventRecorder {
    EventRecorder::start(
        server.client(),
        api,
        "test",
        "host",
        clock.shared(),
        CancellationToken::new(),
    )
}

#[tokio::test]
async fn equal_events_are_counted() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = recorder(&server, EventApi::Core, &clock);
    for _ in 0..3 {
        recorder.event(&pod("p"), EventType::Normal, "Pulled", "image pulled");
        clock.advance(Duration::from_secs(1));
    }
    recorder.event(&pod("q"), EventType::Normal, "Pulled", "image pulled");
    recorder.flush().await;
    let events = server.all::<Event>();
    assert_eq!(events.len(), 2);
    let event = events
        .iter()
        .find(|event| event.involved_object.name == "p")
        .expect("of p");
    assert_eq!(
        (event.count, &*event.reason, &*event.message, &*event.type_),
        (3, "Pulled", "image pulled", "Normal")
    );
    assert_eq!(
        (
            &*event.source.component,
            &*event.reporting_component,
            &*event.metadata.namespace
        ),
        ("test", "test", "a")
    );
    assert_eq!(
        (
            &*event.involved_object.kind,
            &*event.involved_object.api_version
        ),
        ("Pod", "v1")
    );
    let (first, last) = (
        event.first_timestamp.expect("first").0,
        event.last_timestamp.expect("last").0,
    );
    assert_eq!((last - first).get_seconds(), 2);
    assert!(event.metadata.name.starts_with("p."));
}

#[tokio::test]
async fn two_that_record_at_one_moment_lose_nothing() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorders = [(); 2].map(|()| recorder(&server, EventApi::Core, &clock));
    for (recorder, reason) in recorders.iter().zip(["Scaled", "Deployed"]) {
        recorder.event(&pod("p"), EventType::Normal, reason, "done");
        recorder.flush().await;
    }
    let mut reasons: Vec<_> = server
        .all::<Event>()
        .iter()
        .map(|event| event.reason.clone())
        .collect();
    reasons.sort();
    assert_eq!(reasons, ["Deployed", "Scaled"]);
}

#[tokio::test]
async fn similar_events_are_combined() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = recorder(&server, EventApi::Core, &clock);
    for at in 0..14 {
        recorder.event(
            &pod("p"),
            EventType::Warning,
            "Failed",
            format!("attempt {at}"),
        );
    }
    recorder.flush().await;
    let events = server.all::<Event>();
    let combined: Vec<_> = events
        .iter()
        .filter(|event| event.message.starts_with("(combined"))
        .collect();
    assert_eq!((events.len(), combined.len()), (10, 1));
    assert_eq!(
        combined[0].message,
        "(combined from similar events): attempt 13"
    );
    assert_eq!(combined[0].count, 5);
}

#[tokio::test]
async fn who_never_stops_is_silenced_for_a_while() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = recorder(&server, EventApi::Core, &clock);
    let say = || recorder.event(&pod("p"), EventType::Warning, "BackOff", "again");
    let count = || server.all::<Event>()[0].count;
    for _ in 0..40 {
        say();
    }
    recorder.flush().await;
    assert_eq!(count(), 25);
    clock.advance(Duration::from_secs(301));
    say();
    recorder.flush().await;
    // What was said in silence is counted, as client-go does.
    assert_eq!(count(), 41);
}

#[tokio::test]
async fn an_event_that_was_deleted_is_made_again() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = recorder(&server, EventApi::Core, &clock);
    recorder.event(&pod("p"), EventType::Normal, "Pulled", "image pulled");
    recorder.flush().await;
    server.remove::<Event>("a", &server.all::<Event>()[0].metadata.name);
    recorder.event(&pod("p"), EventType::Normal, "Pulled", "image pulled");
    recorder.flush().await;
    assert_eq!(server.all::<Event>()[0].count, 2);
}

#[tokio::test]
async fn equal_events_of_the_new_kind_become_a_series() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = recorder(&server, EventApi::Events, &clock);
    let say = || {
        let about = skeg_runtime::reference(&pod("p"));
        recorder.event_full(
            about,
            None,
            EventType::Warning,
            "FailedScheduling",
            "Scheduling",
            "no node",
        );
    };
    say();
    recorder.flush().await;
    assert!(server.all::<SeriesEvent>()[0].series.is_none());
    for _ in 0..3 {
        say();
    }
    recorder.flush().await;
    let series = || {
        server.all::<SeriesEvent>()[0]
            .series
            .clone()
            .expect("a series")
            .count
    };
    assert_eq!(
        series(),
        2,
        "a series that goes on is not written each time"
    );
    clock.advance(Duration::from_secs(361));
    say();
    recorder.flush().await;
    assert_eq!(series(), 5);
    assert_eq!(server.all::<SeriesEvent>().len(), 1);
    clock.advance(Duration::from_secs(31 * 60));
    say();
    recorder.flush().await;
    assert_eq!(server.all::<SeriesEvent>().len(), 2);
}

#[tokio::test]
async fn last_words_are_written() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let cancel = CancellationToken::new();
    let recorder = EventRecorder::start(
        server.client(),
        EventApi::Core,
        "test",
        "host",
        clock.shared(),
        cancel.clone(),
    );
    for number in 0..5 {
        let pod = pod(&format!("p{number}"));
        recorder.event(&pod, EventType::Warning, "Ending", "the last");
    }
    cancel.cancel();
    recorder.ended().await;
    assert_eq!(server.all::<Event>().len(), 5);
}

#[tokio::test]
async fn a_lost_connection_loses_no_event() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = recorder(&server, EventApi::Core, &clock);
    server.lose("create", "events", 2);
    recorder.event(&pod("p"), EventType::Normal, "Pulled", "image pulled");
    let flushed = tokio::spawn({
        let recorder = recorder.clone();
        async move { recorder.flush().await }
    });
    while !flushed.is_finished() {
        if clock.sleepers() > 0 {
            clock.advance(Duration::from_secs(10));
        }
        tokio::task::yield_now().await;
    }
    let writes = server.requests();
    let writes = writes.iter().filter(|line| line.contains("events")).count();
    assert_eq!((writes, server.all::<Event>().len()), (3, 1));
}

#[tokio::test]
async fn plain_events_are_fit_for_the_new_kind() {
    let (server, clock) = (FakeApi::new(), ManualClock::new());
    let recorder = EventRecorder::start(
        server.client(),
        EventApi::Events,
        "test",
        "",
        clock.shared(),
        CancellationToken::new(),
    );
    recorder.event(&pod("p"), EventType::Normal, "Pulled", "ü".repeat(1000));
    recorder.flush().await;
    let events = server.all::<SeriesEvent>();
    let event = events.first().expect("an event");
    assert_eq!(
        (&*event.action, &*event.reporting_instance, event.note.len()),
        ("Pulled", "test", 1024)
    );
}
