use super::*;

const NOW: &str = "2026-01-01T01:00:00.000000Z";

fn now() -> Time {
    Time(NOW.parse::<MicroTime>().expect("a time").0)
}

/// So many seconds before now.
fn ago(seconds: u64) -> String {
    MicroTime(now().0 - Duration::from_secs(seconds)).to_string()
}

/// A candidate with these versions that was heard and asked so long ago.
fn candidate(name: &str, emulated: &str, heard: u64, asked: Option<u64>) -> Value {
    let mut candidate = json!({
        "metadata": {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {
            "leaseName": "l", "strategy": OLDEST, "binaryVersion": "1.37.0",
            "emulationVersion": emulated, "renewTime": (ago(heard)),
        },
    });
    if let Some(asked) = asked {
        candidate.set_at(&["spec", "pingTime"], ago(asked));
    }
    candidate
}

fn lease(holder: &str, renewed: u64) -> Value {
    json!({
        "metadata": {"name": "l", "namespace": "n"},
        "spec": {
            "strategy": OLDEST, "holderIdentity": holder,
            "renewTime": (ago(renewed)), "leaseDurationSeconds": 5,
        },
    })
}

fn planned(lease: Option<&Value>, candidates: &[Value]) -> Result<Step, (Next, String)> {
    let candidates: Vec<&Value> = candidates.iter().collect();
    plan(now(), ("n", "l"), lease, &candidates)
}

#[test]
fn nothing_without_candidates_or_with_the_best_of_them() {
    assert_eq!(planned(None, &[]), Ok(Step::Nothing(Next::Idle)));
    let held = lease("a", 1);
    let both = [
        candidate("a", "1.36.0", 60, Some(61)),
        candidate("b", "1.37.0", 60, None),
    ];
    let found = planned(Some(&held), &both);
    assert_eq!(found, Ok(Step::Nothing(Next::Later)));
}

#[test]
fn candidates_are_asked_first() {
    let both = [
        candidate("fresh", "1.37.0", 1, None),
        candidate("silent", "1.36.0", 60, None),
    ];
    let Ok(Step::Ask(asked)) = planned(None, &both) else {
        panic!("somebody is asked");
    };
    assert_eq!(asked.iter().map(name_of).collect::<Vec<_>>(), ["silent"]);
    assert_eq!(asked[0]["spec"]["pingTime"].as_str(), Some(NOW));
    // Who has been asked a moment ago is waited for.
    let waiting = [candidate("a", "1.36.0", 60, Some(1))];
    assert_eq!(planned(None, &waiting), Ok(Step::Nothing(Next::Later)));
    // And not for ever.
    let dead = [candidate("a", "1.36.0", 60, Some(6))];
    assert_eq!(
        planned(None, &dead).map_err(|(next, _)| next),
        Err(Next::Idle)
    );
    // Who holds a Lease well is asked too when nothing was heard for a quarter of an hour.
    let quiet = [candidate("a", "1.36.0", 16 * 60, None)];
    assert!(matches!(
        planned(Some(&lease("a", 1)), &quiet),
        Ok(Step::Ask(_))
    ));
}

#[test]
fn the_oldest_version_is_chosen_of_those_that_answer() {
    let three = [
        candidate("new", "1.37.0", 1, Some(2)),
        candidate("old", "1.36.0", 1, Some(2)),
        candidate("dead", "1.35.0", 60, Some(6)),
    ];
    let Ok(Step::Create(made)) = planned(None, &three) else {
        panic!("a Lease is made");
    };
    assert_eq!(
        made["spec"],
        json!({
            "strategy": OLDEST, "holderIdentity": "old",
            "renewTime": NOW, "leaseDurationSeconds": 5,
        })
    );
}

#[test]
fn who_holds_a_lease_is_told_and_who_lost_it_is_followed() {
    let both = [
        candidate("new", "1.37.0", 1, Some(2)),
        candidate("old", "1.36.0", 1, Some(2)),
    ];
    let Ok(Step::Update(told)) = planned(Some(&lease("new", 1)), &both) else {
        panic!("the holder is told");
    };
    assert_eq!(told["spec"]["preferredHolder"].as_str(), Some("old"));
    assert_eq!(told["spec"]["holderIdentity"].as_str(), Some("new"));
    let mut lost = lease("new", 6);
    lost.set_at(&["spec", "preferredHolder"], "old");
    lost.set_at(&["spec", "acquireTime"], NOW);
    let Ok(Step::Update(followed)) = planned(Some(&lost), &both) else {
        panic!("another follows");
    };
    assert_eq!(followed["spec"], lease("old", 0)["spec"]);
    // Its own strategy is put right.
    let mut own = lease("old", 6);
    own.set_at(&["spec", "strategy"], "example.com/own");
    let Ok(Step::Update(put_right)) = planned(Some(&own), &both) else {
        panic!("the strategy is put right");
    };
    assert_eq!(put_right["spec"]["strategy"].as_str(), Some(OLDEST));
}

#[test]
fn strategies_are_the_newest_programs() {
    let wants = |name: &str, strategy: &str, binary: &str| {
        let mut candidate = candidate(name, "1.36.0", 1, Some(2));
        candidate.set_at(&["spec", "strategy"], strategy);
        candidate.set_at(&["spec", "binaryVersion"], binary);
        candidate
    };
    let own = "example.com/own";
    let newest = [wants("a", OLDEST, "1.36.0"), wants("b", own, "1.37.0")];
    let Ok(Step::Create(made)) = planned(None, &newest) else {
        panic!("a Lease is made");
    };
    assert_eq!(made["spec"]["strategy"].as_str(), Some(own));
    assert_eq!(made["spec"]["holderIdentity"], Value::Null);
    let torn = [wants("a", OLDEST, "1.37.0"), wants("b", own, "1.37.0")];
    let (_, why) = planned(None, &torn).expect_err("they differ");
    assert!(why.contains("different strategies"), "{why}");
}

#[test]
fn only_leases_with_candidates_are_looked_at() {
    let elections = Elections::default();
    let dirty = || std::mem::take(&mut elections.state().dirty);
    let key = || ("n".to_owned(), "l".to_owned());
    elections.upsert("leases", "n", "l", &lease("a", 1));
    assert!(dirty().is_empty());
    let asked = candidate("a", "1.36.0", 60, Some(1));
    elections.upsert("leasecandidates", "n", "a", &asked);
    assert!(dirty().is_empty(), "it has not answered yet");
    elections.upsert("leases", "n", "l", &lease("a", 1));
    assert_eq!(dirty(), BTreeSet::from([key()]));
    let answers = candidate("a", "1.36.0", 0, Some(1));
    elections.upsert("leasecandidates", "n", "a", &answers);
    assert_eq!(dirty(), BTreeSet::from([key()]));
    elections.remove("leasecandidates", "n", "a");
    assert_eq!(dirty(), BTreeSet::from([key()]));
    elections.remove("leases", "n", "l");
    assert!(dirty().is_empty());
}
