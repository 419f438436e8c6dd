use super::*;
use crate::ObjectObserver;
use crate::authz::{Masters, Rbac};
use http::{HeaderName, HeaderValue};
use skeg_schema::json;

const AUTHENTICATION: &str = "authentication.k8s.io";

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    map
}

async fn impersonate(
    headers: &HeaderMap,
    request: &Attributes<'_>,
    authorizer: &dyn Authorizer,
) -> Result<Option<Impersonated>, ImpersonationError> {
    Modes::default()
        .impersonate(headers, request, authorizer)
        .await
}

async fn as_master(pairs: &[(&str, &str)]) -> Result<Option<UserInfo>, String> {
    let admin = UserInfo::new("admin", &["system:masters"]);
    let request = Attributes::resource(&admin, "list", "", "pods");
    impersonate(&headers(pairs), &request, &Masters)
        .await
        .map(|found| found.map(|found| found.user))
        .map_err(|e| e.to_string())
}

#[tokio::test]
async fn identities() {
    let check = async |pairs: &[(&str, &str)], expect: &[&str]| {
        assert_eq!(
            as_master(pairs).await.unwrap().unwrap().groups,
            expect,
            "{pairs:?}"
        );
    };
    check(&[("Impersonate-User", "carol")], &["system:authenticated"]).await;
    check(
        &[
            ("Impersonate-User", "carol"),
            ("Impersonate-Group", "a"),
            ("impersonate-group", "b"),
        ],
        &["a", "b", "system:authenticated"],
    )
    .await;
    check(
        &[("Impersonate-User", "system:serviceaccount:ns:robot")],
        &[
            "system:serviceaccounts",
            "system:serviceaccounts:ns",
            "system:authenticated",
        ],
    )
    .await;
    check(
        &[("Impersonate-User", "system:anonymous")],
        &["system:unauthenticated"],
    )
    .await;
    check(
        &[
            ("Impersonate-User", "x"),
            ("Impersonate-Group", "system:unauthenticated"),
        ],
        &["system:unauthenticated"],
    )
    .await;
    let user = as_master(&[
        ("Impersonate-User", "carol"),
        ("Impersonate-Uid", "u-1"),
        ("Impersonate-Extra-Acme.com%2Fproject", "p1"),
    ])
    .await
    .unwrap()
    .unwrap();
    assert_eq!(user.uid, "u-1");
    assert_eq!(user.extra["acme.com/project"], ["p1"]);
    assert_eq!(as_master(&[("Accept", "x")]).await, Ok(None));
}

#[tokio::test]
async fn who_is_named_by_other_bytes_is_not_passed_over() {
    let mut headers = HeaderMap::new();
    headers.insert(
        "impersonate-user",
        HeaderValue::from_bytes(b"\xc3\xbc").unwrap(),
    );
    assert_eq!(read(&headers).unwrap().unwrap().name, "ü");
    headers.insert(
        "impersonate-user",
        HeaderValue::from_bytes(b"\xff").unwrap(),
    );
    assert!(!read(&headers).unwrap().unwrap().name.is_empty());
}

#[tokio::test]
async fn parts_without_a_user() {
    let check = async |pairs: &[(&str, &str)], expect: &str| {
        let expect =
            format!("requested &user.DefaultInfo{{{expect}}} without impersonating a user name");
        assert_eq!(as_master(pairs).await, Err(expect));
    };
    check(
        &[("Impersonate-Group", "devs")],
        "Name:\"\", UID:\"\", Groups:[]string{\"devs\"}, Extra:map[string][]string(nil)",
    )
    .await;
    check(
        &[("Impersonate-Uid", "u")],
        "Name:\"\", UID:\"u\", Groups:[]string(nil), Extra:map[string][]string(nil)",
    )
    .await;
    check(
        &[("Impersonate-Extra-A", "b")],
        "Name:\"\", UID:\"\", Groups:[]string(nil), Extra:map[string][]string{\"a\":[]string{\"b\"}}",
    )
    .await;
}

#[tokio::test]
async fn each_part_must_be_allowed() {
    let rbac = Rbac::new();
    rbac.upsert(
        "clusterroles",
        "",
        "imp",
        &json!({"rules": [{
            "apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"],
            "resourceNames": ["carol"]
        }]}),
    );
    rbac.upsert(
        "clusterrolebindings",
        "",
        "imp",
        &json!({
            "roleRef": {"kind": "ClusterRole", "name": "imp"},
            "subjects": [{"kind": "User", "name": "alice"}]
        }),
    );
    let alice = UserInfo::new("alice", &[]);
    let request = Attributes::resource(&alice, "list", "", "pods");
    let modes = Modes::default();
    let check = async |pairs: &[(&str, &str)], expect: (&str, &str, &str)| {
        let error = modes
            .impersonate(&headers(pairs), &request, &rbac)
            .await
            .unwrap_err();
        let ImpersonationError::Forbidden {
            resource,
            name,
            message,
            ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!((&*resource, name.as_str(), message.as_str()), expect);
    };
    let carol = ("Impersonate-User", "carol");
    // Who never impersonated is told of the narrowest form.
    check(
        &[("Impersonate-User", "dave")],
        ("pods", "", "User \"alice\" cannot impersonate-on:user-info:list resource \"pods\" in API group \"\" at the cluster scope"),
    )
    .await;
    assert!(
        modes
            .impersonate(&headers(&[carol]), &request, &rbac)
            .await
            .unwrap()
            .is_some_and(|found| found.constraint.is_none())
    );
    check(
        &[("Impersonate-User", "dave")],
        ("users", "dave", "User \"alice\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"),
    )
    .await;
    check(
        &[carol, ("Impersonate-Extra-Scopes", "v")],
        ("userextras", "v", "User \"alice\" cannot impersonate resource \"userextras/scopes\" in API group \"authentication.k8s.io\" at the cluster scope"),
    )
    .await;
    check(
        &[("Impersonate-User", "system:serviceaccount:ns:x")],
        ("serviceaccounts", "x", "User \"alice\" cannot impersonate resource \"serviceaccounts\" in API group \"\" in the namespace \"ns\""),
    )
    .await;
}

#[tokio::test]
async fn constrained_forms_allow_some_actions_only() {
    let rbac = Rbac::new();
    let rule = |group: &str, resource: &str, verb: &str, names: &[&str]| {
        let mut rule = json!({"apiGroups": [group], "resources": [resource], "verbs": [verb]});
        if !names.is_empty() {
            rule.set_at(&["resourceNames"], json!(names.to_vec()));
        }
        rule
    };
    let rules = vec![
        rule("", "pods", "impersonate-on:user-info:list", &[]),
        rule(AUTHENTICATION, "users", "impersonate:user-info", &["carol"]),
        rule("", "pods", "impersonate-on:associated-node:get", &[]),
        rule(AUTHENTICATION, "nodes", "impersonate:associated-node", &[]),
        rule("", "pods", "impersonate-on:serviceaccount:get", &[]),
        rule(
            AUTHENTICATION,
            "serviceaccounts",
            "impersonate:serviceaccount",
            &["robot"],
        ),
    ];
    rbac.upsert("clusterroles", "", "r", &json!({"rules": rules}));
    let binding = json!({
        "roleRef": {"kind": "ClusterRole", "name": "r"},
        "subjects": [{"kind": "ServiceAccount", "namespace": "ns", "name": "agent"}]
    });
    rbac.upsert("clusterrolebindings", "", "r", &binding);
    let mut agent = UserInfo::new("system:serviceaccount:ns:agent", &[]);
    agent.extra.insert(NODE_NAME.into(), vec!["n1".into()]);
    let check =
        async |verb: &str, pairs: &[(&str, &str)], expect: Result<(&str, &[&str]), &str>| {
            let request = Attributes::resource(&agent, verb, "", "pods");
            let got = impersonate(&headers(pairs), &request, &rbac).await;
            match (got, expect) {
                (Ok(Some(found)), Ok((constraint, groups))) => {
                    assert_eq!(found.constraint, Some(constraint));
                    assert_eq!(found.user.groups, groups);
                }
                (Err(ImpersonationError::Forbidden { resource, .. }), Err(expect)) => {
                    assert_eq!(resource, expect);
                }
                (got, expect) => panic!("{verb} {pairs:?}: {got:?}, not {expect:?}"),
            }
        };
    let carol = [("Impersonate-User", "carol")];
    let everyone: &[&str] = &["system:authenticated"];
    check("list", &carol, Ok(("impersonate:user-info", everyone))).await;
    check("get", &carol, Err("pods")).await;
    check("list", &[("Impersonate-User", "dave")], Err("users")).await;
    let node = |name| [("Impersonate-User", name)];
    let nodes: &[&str] = &["system:nodes", "system:authenticated"];
    let mode = "impersonate:associated-node";
    check("get", &node("system:node:n1"), Ok((mode, nodes))).await;
    check("get", &node("system:node:n2"), Err("pods")).await;
    check("list", &node("system:node:n1"), Err("pods")).await;
    let robot = [("Impersonate-User", "system:serviceaccount:ns:robot")];
    let groups: &[&str] = &[
        "system:serviceaccounts",
        "system:serviceaccounts:ns",
        "system:authenticated",
    ];
    check("get", &robot, Ok(("impersonate:serviceaccount", groups))).await;
    check("list", &robot, Err("pods")).await;
}

/// Who asked for what; allows what is in the list.
struct Listed {
    allowed: &'static [&'static str],
    asked: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Authorizer for Listed {
    async fn authorize(&self, about: &Attributes<'_>) -> crate::authz::Authorization {
        let what = format!(
            "{} {} {}",
            about.verb,
            about.resource_and_subresource(),
            about.name
        );
        let is_allowed = self.allowed.iter().any(|allowed| *allowed == what.trim());
        self.asked.lock().push(what.trim().to_owned());
        match is_allowed {
            true => crate::authz::Authorization::allow(""),
            false => crate::authz::Authorization::no_opinion(""),
        }
    }
}

/// The message of the refusal, if it is one, and what was asked for.
async fn refusal(
    pairs: &[(&str, &str)],
    allowed: &'static [&'static str],
) -> (Result<Option<&'static str>, String>, Vec<String>) {
    let authorizer = Listed {
        allowed,
        asked: Mutex::default(),
    };
    let alice = UserInfo::new("alice", &[]);
    let request = Attributes::resource(&alice, "list", "", "pods");
    let outcome = impersonate(&headers(pairs), &request, &authorizer).await;
    let asked = authorizer.asked.lock().clone();
    let outcome = outcome
        .map(|found| found.and_then(|found| found.constraint))
        .map_err(|error| error.to_string());
    (outcome, asked)
}

const CAROL: (&str, &str) = ("Impersonate-User", "carol");
const LIST: &str = "impersonate-on:user-info:list pods";
const NAME: &str = "impersonate:user-info users carol";

#[tokio::test]
async fn constrained_forms_take_only_sound_extras_and_groups() {
    let check = async |pair: (&str, &str), resource: &str, reason: &str| {
        let (outcome, _) = refusal(&[CAROL, pair], &[LIST, NAME]).await;
        let expect = format!(
            "User \"alice\" cannot impersonate:user-info resource \"{resource}\" in API group \"authentication.k8s.io\" at the cluster scope: {reason}"
        );
        assert_eq!(outcome, Err(expect), "{pair:?}");
    };
    check(
        ("Impersonate-Extra-Scopes", "v"),
        "userextras",
        "impersonating an invalid key in extra is not allowed: extra.key: Invalid value: \"scopes\": must be a domain-prefixed path (such as \"acme.io/foo\")",
    )
    .await;
    check(
        ("Impersonate-Extra-Acme.io%2F%41", "v"),
        "userextras",
        "impersonating a non-lowercase key in extra is not allowed: \"acme.io/A\"",
    )
    .await;
    check(
        ("Impersonate-Extra-Acme.io%2Fx", ""),
        "userextras",
        "impersonating the empty string value in extra is not allowed",
    )
    .await;
    check(
        ("Impersonate-Group", ""),
        "groups",
        "impersonating the empty string group is not allowed",
    )
    .await;
    check(
        ("Impersonate-Group", "system:masters"),
        "groups",
        "impersonating the system:masters group is not allowed",
    )
    .await;
}

#[tokio::test]
async fn parts_are_asked_for_in_upstreams_order() {
    let pairs = [
        CAROL,
        ("Impersonate-Extra-Acme.io%2Fx", "v"),
        ("Impersonate-Group", "g"),
        ("Impersonate-Uid", "u"),
    ];
    const ALLOWED: &[&str] = &[
        LIST,
        NAME,
        "impersonate:user-info uids u",
        "impersonate:user-info groups g",
        "impersonate:user-info userextras/acme.io/x v",
    ];
    let (outcome, asked) = refusal(&pairs, ALLOWED).await;
    assert_eq!(outcome, Ok(Some("impersonate:user-info")));
    assert_eq!(asked, ALLOWED);
}

#[tokio::test]
async fn many_groups_or_extras_are_asked_for_at_once() {
    let groups = ["g0", "g1", "g2", "g3"].map(|group| ("Impersonate-Group", group));
    let mut pairs = vec![CAROL];
    pairs.extend(groups);
    let all = "impersonate:user-info groups *";
    let (outcome, asked) = refusal(&pairs, &[LIST, NAME, "impersonate:user-info groups *"]).await;
    assert_eq!(outcome, Ok(Some("impersonate:user-info")));
    assert_eq!(asked, [LIST, NAME, all]);
    pairs.truncate(4);
    let (outcome, _) = refusal(&pairs, &[LIST, NAME, "impersonate:user-info groups *"]).await;
    assert!(outcome.is_err());
    let mut pairs = vec![CAROL];
    pairs.extend(["a", "b", "c", "d"].map(|value| ("Impersonate-Extra-Acme.io%2Fx", value)));
    let allowed = &[LIST, NAME, "impersonate:user-info userextras/* *"];
    let (outcome, asked) = refusal(&pairs, allowed).await;
    assert_eq!(outcome, Ok(Some("impersonate:user-info")));
    assert_eq!(asked, allowed);
}

#[tokio::test]
async fn names_that_no_node_can_have_are_users() {
    for name in ["system:node:Bad_Name", "system:node:"] {
        let (_, asked) = refusal(&[("Impersonate-User", name)], &[LIST]).await;
        let whole = format!("impersonate:user-info users {name}");
        assert_eq!(asked[..2], [LIST, whole.as_str()]);
    }
}

#[tokio::test]
async fn an_associated_node_is_asked_for_without_what_the_caller_carries() {
    struct Seen(Mutex<Vec<BTreeMap<String, Vec<String>>>>);
    #[async_trait::async_trait]
    impl Authorizer for Seen {
        async fn authorize(&self, about: &Attributes<'_>) -> crate::authz::Authorization {
            self.0.lock().push(about.user.extra.clone());
            crate::authz::Authorization::allow("")
        }
    }
    let mut agent = UserInfo::new("system:serviceaccount:ns:agent", &[]);
    agent.extra.insert(NODE_NAME.into(), vec!["n1".into()]);
    let request = Attributes::resource(&agent, "get", "", "pods");
    let seen = Seen(Mutex::default());
    let asked = headers(&[("Impersonate-User", "system:node:n1")]);
    let found = impersonate(&asked, &request, &seen).await.unwrap().unwrap();
    assert_eq!(found.constraint, Some("impersonate:associated-node"));
    let keys = BTreeMap::from([(
        "authentication.kubernetes.io/associated-node-keys".to_owned(),
        vec![NODE_NAME.to_owned()],
    )]);
    assert_eq!(*seen.0.lock(), [keys.clone(), keys]);
}

#[tokio::test]
async fn attempts_and_questions_are_counted() {
    let modes = Modes::default();
    let alice = UserInfo::new("alice", &[]);
    let request = Attributes::resource(&alice, "list", "", "pods");
    let authorizer = Listed {
        allowed: &[LIST, NAME],
        asked: Mutex::default(),
    };
    for name in ["carol", "dave"] {
        let asked = headers(&[("Impersonate-User", name)]);
        let _ = modes.impersonate(&asked, &request, &authorizer).await;
    }
    let mut text = Text::default();
    modes.render(&mut text);
    let text = text.finish();
    for line in [
        "apiserver_impersonation_attempts_total{decision=\"allowed\",mode=\"user-info\"} 1",
        "apiserver_impersonation_attempts_total{decision=\"denied\",mode=\"\"} 1",
        "apiserver_impersonation_attempts_duration_seconds_count{decision=\"denied\",mode=\"\"} 1",
        "apiserver_impersonation_authorization_attempts_total{decision=\"allowed\",mode=\"user-info\"} 3",
        "apiserver_impersonation_authorization_attempts_total{decision=\"denied\",mode=\"user-info\"} 1",
        "apiserver_impersonation_authorization_attempts_total{decision=\"denied\",mode=\"legacy\"} 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
}
