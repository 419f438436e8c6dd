use super::*;
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

fn cron(policy: &str, now: Timestamp) -> CronJob {
    let mut cron = CronJob {
        metadata: ObjectMeta::named("a", "tick"),
        ..CronJob::default()
    };
    cron.metadata.creation_timestamp = Some(Time(now));
    cron.spec.schedule = "0 0 1 1 *".to_owned();
    cron.spec.concurrency_policy = policy.to_owned();
    let year = jiff::SignedDuration::from_hours(24 * 400);
    cron.status.last_schedule_time = Some(Time(now - year));
    cron
}

async fn run_with(cron: &CronJob, clock: &ManualClock, check: impl AsyncFn(&FakeApi)) {
    let (api, cancel) = (FakeApi::new(), CancellationToken::new());
    api.put(cron);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    check(&api).await;
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_missed_time_is_made_up_for_once() {
    let clock = ManualClock::new();
    let now = clock.shared().now();
    run_with(&cron("Allow", now), &clock, async |api| {
        api.until("it is active", |api| {
            api.get::<CronJob>("a", "tick")
                .is_some_and(|cron| !cron.status.active.is_empty())
        })
        .await;
        let cron = api.get::<CronJob>("a", "tick").expect("the CronJob");
        let active = &cron.status.active[0];
        let job = api.get::<Job>("a", &active.name).expect("the Job");
        assert_eq!(job.metadata.owner_references[0].kind, "CronJob");
        let last = cron.status.last_schedule_time.expect("a time").0;
        assert_eq!(active.name, format!("tick-{}", last.as_second() / 60));
        assert!(job.metadata.annotations.contains_key(SCHEDULED));
    })
    .await;
}

#[tokio::test]
async fn a_time_that_never_comes_is_told() {
    let clock = ManualClock::new();
    let mut never = cron("Allow", clock.shared().now());
    never.spec.schedule = "0 0 31 2 *".to_owned();
    run_with(&never, &clock, async |api| {
        let told = |api: &FakeApi| {
            api.all::<skeg_api::core::v1::Event>().iter().any(|event| {
                event.reason == "InvalidSchedule"
                    && event.message
                        == "invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second"
            })
        };
        api.until("it is told", told).await;
        assert!(api.all::<Job>().is_empty());
    })
    .await;
}

#[test]
fn times_carry_their_zones_offset() {
    let at: Timestamp = "2025-12-31T15:00:00Z".parse().expect("a time");
    let tokyo = TimeZone::get("Asia/Tokyo").expect("a zone");
    assert_eq!(rfc3339(at, &tokyo), "2026-01-01T00:00:00+09:00");
    assert_eq!(rfc3339(at, &TimeZone::UTC), "2025-12-31T15:00:00Z");
}
