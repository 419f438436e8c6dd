use super::*;
use crate::UserInfo;

fn schema(name: &str, level: &str, precedence: i64, user: &str) -> Value {
    json!({
        "metadata": {"name": name, "uid": (format!("uid-{name}"))},
        "spec": {
            "priorityLevelConfiguration": {"name": level},
            "matchingPrecedence": precedence,
            "distinguisherMethod": {"type": "ByUser"},
            "rules": [{
                "subjects": [{"kind": "User", "user": {"name": user}}],
                "resourceRules": [{
                    "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                    "clusterScope": true, "namespaces": ["*"]
                }]
            }]
        }
    })
}

fn level(shares: i64, lendable: i64, queue_len: i64) -> Value {
    json!({
        "metadata": {"name": "l", "uid": "uid-l"},
        "spec": {"type": "Limited", "limited": {
            "nominalConcurrencyShares": shares,
            "lendablePercent": lendable,
            "limitResponse": {"type": "Queue", "queuing": {
                "queues": 8, "handSize": 2, "queueLengthLimit": queue_len
            }}
        }}
    })
}

/// A server of ten seats: one level of five for each of two users.
fn flow() -> Arc<FlowControl> {
    let flow = FlowControl::new(10, || {});
    flow.upsert(
        LEVELS,
        "",
        "catch-all",
        &json!({
            "metadata": {"name": "catch-all"},
            "spec": {"type": "Limited", "limited": {
                "nominalConcurrencyShares": 0, "limitResponse": {"type": "Reject"}
            }}
        }),
    );
    flow.upsert(LEVELS, "", "l", &level(5, 0, 1));
    flow.upsert(LEVELS, "", "idle", &level(5, 80, 1));
    flow.upsert(SCHEMAS, "", "s", &schema("s", "l", 100, "alice"));
    flow.upsert(SCHEMAS, "", "t", &schema("t", "idle", 100, "bob"));
    flow
}

const PATIENCE: Duration = Duration::from_secs(60);

async fn enter(flow: &FlowControl, user: &str, width: Width) -> Result<Permit, Rejection> {
    let user = UserInfo::new(user, &["system:authenticated"]);
    let asked = Attributes::resource(&user, "get", "", "pods");
    let class = flow.classify(&asked).unwrap();
    flow.enter(&class, &asked, width, PATIENCE).await
}

#[test]
fn the_lowest_precedence_wins_and_dangling_schemas_do_not_count() {
    let flow = flow();
    let check = |user: &UserInfo, expect: &str| {
        let asked = Attributes::resource(user, "get", "", "pods");
        let class = flow.classify(&asked).unwrap();
        assert_eq!(format!("{}/{}", class.name(), class.level()), expect);
    };
    let alice = UserInfo::new("alice", &["system:authenticated"]);
    check(&alice, "s/l");
    flow.upsert(SCHEMAS, "", "first", &schema("first", "none", 10, "alice"));
    check(&alice, "s/l");
    flow.upsert(SCHEMAS, "", "first", &schema("first", "idle", 10, "alice"));
    check(&alice, "first/idle");
    flow.remove(SCHEMAS, "", "first");
    check(&alice, "s/l");
    flow.remove(LEVELS, "", "l");
    check(&alice, "catch-all/catch-all");
    check(&UserInfo::new("root", &["system:masters"]), "exempt/exempt");
    check(&UserInfo::new("nobody", &[]), "catch-all/catch-all");
}

#[tokio::test]
async fn a_full_level_lets_wait_and_then_refuses() {
    let flow = flow();
    let mut running = Vec::new();
    for _ in 0..5 {
        running.push(enter(&flow, "alice", Width::ONE).await.unwrap());
    }
    let waiting = {
        let flow = flow.clone();
        tokio::spawn(async move { enter(&flow, "alice", Width::ONE).await.map(drop) })
    };
    let state = |flow: &FlowControl| flow.levels().into_iter().find(|l| l.name == "l").unwrap();
    while state(&flow).waiting == 0 {
        tokio::task::yield_now().await;
    }
    // The hand has two queues of one place.
    let more: Vec<_> = (0..2)
        .map(|_| {
            let flow = flow.clone();
            tokio::spawn(async move { enter(&flow, "alice", Width::ONE).await.map(drop) })
        })
        .collect();
    let refused = loop {
        match more.iter().position(|m| m.is_finished()) {
            Some(at) => break at,
            None => tokio::task::yield_now().await,
        }
    };
    let mut more = more;
    assert_eq!(
        more.remove(refused).await.unwrap(),
        Err(Rejection::QueueFull)
    );
    let tables = [
        flow.dump_levels(),
        flow.dump_queues(),
        flow.dump_requests(true),
    ];
    let cells = |table: &str, first: &str| -> Vec<String> {
        let line = table.lines().find(|line| line.starts_with(first));
        let cells = line.unwrap_or_default().split(',');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    let of_level = cells(&tables[0], "l,");
    assert_eq!(
        of_level[2..6],
        ["false", "false", "2", "5"],
        "{}",
        tables[0]
    );
    assert_eq!(of_level[7], "1", "one was refused");
    let pending = |line: &str| {
        line.split(',')
            .nth(2)
            .is_some_and(|cell| cell.trim() == "1")
    };
    assert_eq!(tables[1].lines().filter(|l| pending(l)).count(), 2);
    let request = cells(&tables[2], "l,");
    assert_eq!(request[1], "s");
    assert_eq!(request[10..12], ["alice", "get"], "{}", tables[2]);
    // The other level is not touched by that.
    drop(enter(&flow, "bob", Width::ONE).await.unwrap());
    running.pop();
    assert_eq!(waiting.await.unwrap(), Ok(()));
    assert_eq!(more.remove(0).await.unwrap(), Ok(()));
    drop(running);
    let state = state(&flow);
    assert_eq!((state.running, state.waiting, state.seats), (0, 0, 0));
}

#[tokio::test]
async fn who_waits_too_long_or_goes_away_leaves_the_queue() {
    let flow = flow();
    let wide = Width {
        seats: 5,
        ..Width::ONE
    };
    let running = enter(&flow, "alice", wide).await.unwrap();
    let user = UserInfo::new("alice", &[]);
    let asked = Attributes::resource(&user, "get", "", "pods");
    let class = flow.classify(&asked).unwrap();
    let short = Duration::from_millis(5);
    let outcome = flow.enter(&class, &asked, Width::ONE, short).await;
    assert_eq!(outcome.map(drop), Err(Rejection::TimeOut));
    {
        let mut left = Box::pin(flow.enter(&class, &asked, Width::ONE, PATIENCE));
        assert!(futures_poll(&mut left).await.is_none());
    }
    let state = |flow: &FlowControl| flow.levels().into_iter().find(|l| l.name == "l").unwrap();
    assert_eq!(state(&flow).waiting, 0);
    drop(running);
    assert_eq!(state(&flow).seats, 0);
    let mut text = crate::metrics::Text::default();
    flow.render(&mut text);
    let text = text.finish();
    for line in [
        "apiserver_flowcontrol_rejected_requests_total{flow_schema=\"s\",priority_level=\"l\",reason=\"time-out\"} 1",
        "apiserver_flowcontrol_rejected_requests_total{flow_schema=\"s\",priority_level=\"l\",reason=\"cancelled\"} 1",
        "apiserver_flowcontrol_current_inqueue_requests{flow_schema=\"s\",priority_level=\"l\"} 0",
        "apiserver_flowcontrol_current_executing_seats{flow_schema=\"s\",priority_level=\"l\"} 0",
        "apiserver_flowcontrol_nominal_limit_seats{priority_level=\"l\"} 5",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

/// Polls once.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut future = std::pin::Pin::new(future);
    std::future::poll_fn(|cx| {
        std::task::Poll::Ready(match future.as_mut().poll(cx) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn a_busy_level_borrows_seats() {
    let flow = flow();
    let mut running = Vec::new();
    for _ in 0..5 {
        running.push(enter(&flow, "alice", Width::ONE).await.unwrap());
    }
    let waiting = {
        let flow = flow.clone();
        tokio::spawn(async move { enter(&flow, "alice", Width::ONE).await.map(drop) })
    };
    let state = |flow: &FlowControl| flow.levels().into_iter().find(|l| l.name == "l").unwrap();
    while state(&flow).waiting == 0 {
        tokio::task::yield_now().await;
    }
    flow.adjust();
    assert!(state(&flow).limit > 5, "{:?}", state(&flow));
    assert_eq!(waiting.await.unwrap(), Ok(()));
}
