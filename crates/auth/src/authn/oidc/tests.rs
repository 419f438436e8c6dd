use super::*;
use crate::authn::jose::tests::Signer;
use crate::expr::{Compiler, Expression, Wanted};
use futures::FutureExt as _;
use parking_lot::Mutex;
use skeg_schema::json;

/// Understands `claims.NAME`, and `PATH == "TEXT"`.
struct Small;

struct SmallExpression(String);

impl Expression for SmallExpression {
    fn evaluate(&self, variables: &[(&str, &Value)]) -> Result<Value, String> {
        let (path, text) = match self.0.split_once(" == ") {
            Some((path, text)) => (path, Some(text.trim_matches('"'))),
            None => (self.0.as_str(), None),
        };
        let (variable, member) = path.split_once('.').ok_or("no member")?;
        let (_, value) = variables
            .iter()
            .find(|(name, _)| *name == variable)
            .ok_or("no such variable")?;
        let value = value[member].clone();
        Ok(match text {
            Some(text) => Value::Bool(value.as_str() == Some(text)),
            None => value,
        })
    }
}

impl Compiler for Small {
    fn compile(
        &self,
        text: &str,
        variables: &[&str],
        _: Wanted,
    ) -> Result<Arc<dyn Expression>, String> {
        if !variables.iter().any(|v| text.starts_with(v)) {
            return Err(format!("undeclared reference in {text}"));
        }
        Ok(Arc::new(SmallExpression(text.to_owned())))
    }
}

const FILE: &str = r#"
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: https://issuer.example
    audiences: [skeg, other]
    audienceMatchPolicy: MatchAny
  claimValidationRules:
  - {claim: hd, requiredValue: example.com}
  - {expression: 'claims.level == "high"', message: too low}
  claimMappings:
    username: {claim: sub, prefix: "ex:"}
    groups: {expression: claims.roles}
    uid: {claim: id}
    extra: [{key: example.com/tenant, valueExpression: claims.tenant}]
  userValidationRules:
  - {expression: 'user.uid == "7"', message: wrong}
anonymous:
  enabled: true
  conditions: [{path: /livez}]
"#;

struct World {
    tokens: OidcTokens,
    signer: Arc<Mutex<Signer>>,
}

fn world(issuer: Issuer) -> World {
    let signer = Arc::new(Mutex::new(Signer::new("k1")));
    let answering = signer.clone();
    let fetch = move |url: String| {
        let answer = match url.as_str() {
            "https://issuer.example/.well-known/openid-configuration" => Ok(json!({
                "issuer": "https://issuer.example", "jwks_uri": "https://issuer.example/keys"
            })),
            "https://issuer.example/keys" => Ok(answering.lock().key_set()),
            other => Err(format!("{other} was asked for")),
        };
        async move { answer }.boxed()
    };
    let keys = KeySource::fetched_by(&issuer, Arc::new(fetch));
    let tokens = OidcTokens {
        issuer,
        keys,
        audiences: vec!["api".into()],
    };
    World { tokens, signer }
}

impl World {
    async fn ask(&self, token: &str) -> Result<UserInfo, String> {
        match self.tokens.authenticate_token(token, &["api".into()]).await {
            Ok(Some(found)) => Ok((*found.user).clone()),
            Ok(None) => Err("unknown".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn with(&self, changes: &[(&'static str, Value)]) -> Result<UserInfo, String> {
        let mut claims = json!({
            "iss": "https://issuer.example", "aud": ["x", "skeg"], "exp": 99999999999i64,
            "sub": "ann", "hd": "example.com", "level": "high", "roles": ["a", "", "b"],
            "id": "7", "tenant": "t1", "jti": "j1"
        });
        for (key, value) in changes {
            claims.set_at(&[key], value.clone());
        }
        let token = self.signer.lock().sign(&claims);
        self.ask(&token).await
    }
}

#[tokio::test]
async fn claims_make_a_user() {
    let read = AuthenticationConfiguration::parse(FILE.as_bytes(), &[], &Small).unwrap();
    assert_eq!(
        read.anonymous,
        Some(Anonymous {
            enabled: true,
            paths: vec!["/livez".into()]
        })
    );
    let world = world(read.issuers[0].clone());
    let user = world.with(&[]).await.unwrap();
    assert_eq!(user.name, "ex:ann");
    assert_eq!(user.uid, "7");
    assert_eq!(user.groups, ["a", "b", "system:authenticated"]);
    assert_eq!(user.extra["example.com/tenant"], ["t1"]);
    assert!(world.tokens.is_ready());

    let fails = async |key: &'static str, value: Value, expect: &str| {
        let error = world.with(&[(key, value)]).await.unwrap_err();
        assert!(error.contains(expect), "{error}");
    };
    fails("iss", json!("https://elsewhere"), "unknown").await;
    fails("aud", json!("wrong"), "expected audience").await;
    fails(
        "exp",
        json!(1000),
        "token is expired (Token Expiry: 1970-01-01T00:16:40Z)",
    )
    .await;
    fails("nbf", json!(99999999998i64), "before the nbf").await;
    fails(
        "hd",
        json!("evil.com"),
        "required claim hd value does not match",
    )
    .await;
    fails("level", json!("low"), "too low").await;
    fails("id", json!("8"), "wrong").await;
    fails("sub", Value::Null, "username").await;
    fails("roles", json!(5), "group").await;
}

#[tokio::test]
async fn keys_are_fetched_again_when_an_unknown_one_signs() {
    let read = AuthenticationConfiguration::parse(FILE.as_bytes(), &[], &Small).unwrap();
    let world = world(read.issuers[0].clone());
    world.with(&[]).await.unwrap();
    *world.signer.lock() = Signer::new("k2");
    // Not more often than every few seconds, whoever asks.
    assert!(world.with(&[]).await.unwrap_err().contains("signature"));
    *world.tokens.keys_fetched() = None;
    world.with(&[]).await.unwrap();
}

#[tokio::test]
async fn the_old_options() {
    let options = OidcOptions {
        issuer_url: "https://issuer.example".into(),
        client_id: "skeg".into(),
        groups_claim: "roles".into(),
        groups_prefix: "g:".into(),
        signing_algorithms: vec!["ES256".into()],
        ..OidcOptions::default()
    };
    let world = world(Issuer::from_options(&options).unwrap());
    let user = world.with(&[]).await.unwrap();
    assert_eq!(user.name, "https://issuer.example#ann");
    assert_eq!(user.groups, ["g:a", "g:", "g:b", "system:authenticated"]);
    let mut other = options.clone();
    other.username_claim = "email".into();
    other.signing_algorithms = vec!["ES256".into(), "RS256".into()];
    let world = self::world(Issuer::from_options(&other).unwrap());
    let mail = ("email", json!("a@b"));
    let user = world.with(std::slice::from_ref(&mail)).await.unwrap();
    assert_eq!(user.name, "a@b");
    let unproved = ("email_verified", json!(false));
    let error = world.with(&[mail, unproved]).await.unwrap_err();
    assert_eq!(error, "oidc: email not verified");
    other.signing_algorithms = vec!["RS256".into()];
    let world = self::world(Issuer::from_options(&other).unwrap());
    assert!(
        world
            .with(&[])
            .await
            .unwrap_err()
            .contains("unsupported algorithm")
    );
}

#[test]
fn faults_of_files_are_told() {
    let check = |from: &str, to: &str, expect: &str| {
        let text = FILE.replace(from, to);
        assert_ne!(text, FILE);
        let own = ["https://own".to_owned()];
        let error = AuthenticationConfiguration::parse(text.as_bytes(), &own, &Small)
            .err()
            .unwrap();
        assert!(error.to_string().contains(expect), "{error}");
    };
    check(
        "https://issuer.example",
        "http://issuer.example",
        "not an https URL",
    );
    check(
        "https://issuer.example",
        "https://own",
        "disallowed issuers",
    );
    check(
        "    audienceMatchPolicy: MatchAny\n",
        "",
        "must be MatchAny",
    );
    check(", prefix: \"ex:\"", "", "prefix: is required");
    check(
        "{claim: sub, prefix: \"ex:\"}",
        "{}",
        "username: claim or expression",
    );
    check("claims.roles", "nothing.roles", "undeclared");
    check("example.com/tenant", "tenant", "domain-prefixed");
    check("example.com/tenant", "x.k8s.io/tenant", "reserved");
    check("enabled: true", "enabled: false", "enabled should be set");
    check("kind: Auth", "kind: Other", "kind");
    check(
        "claimMappings:",
        "claimMapping:",
        "unknown field \"claimMapping\"",
    );
}
