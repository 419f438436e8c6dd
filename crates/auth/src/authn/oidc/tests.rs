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
    fn evaluate(&self, variables: &[(&str, &Value)]) -> Result<Option<Value>, String> {
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
        Ok(Some(match text {
            Some(text) => Value::Bool(value.as_str() == Some(text)),
            None => value,
        }))
    }

    fn selects(&self, variable: &str, field: &str) -> bool {
        let path = self.0.split(" == ").next();
        path.and_then(|path| path.split_once('.')) == Some((variable, field))
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
        async move { answer.map(|answer: Value| answer.to_string().into_bytes()) }.boxed()
    };
    let figures = Arc::new(Figures::default());
    let keys = KeySource::fetched_by(&issuer, Arc::new(fetch), figures.clone());
    let tokens = OidcTokens {
        hash: figures::hash(issuer.url.as_bytes()),
        issuer,
        keys,
        audiences: vec!["api".into()],
        figures,
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

    let fails = async |key: &'static str, value: Value, expect: &str| {
        let error = world.with(&[(key, value)]).await.unwrap_err();
        assert_eq!(error, expect);
    };
    fails("iss", json!("https://elsewhere"), "unknown").await;
    fails(
        "aud",
        json!("wrong"),
        r#"oidc: verify token: oidc: expected audience in ["other" "skeg"] got ["wrong"]"#,
    )
    .await;
    fails(
        "exp",
        json!(1000),
        "oidc: verify token: oidc: token is expired (Token Expiry: 1970-01-01 00:16:40 +0000 UTC)",
    )
    .await;
    fails(
        "hd",
        json!("evil.com"),
        "oidc: required claim hd value does not match. Got = evil.com, want = example.com",
    )
    .await;
    fails(
        "hd",
        json!(7),
        "oidc: parse claim hd: json: cannot unmarshal number into Go value of type string",
    )
    .await;
    fails(
        "level",
        json!("low"),
        "oidc: error evaluating claim validation expression: validation expression 'claims.level == \"high\"' failed: too low",
    )
    .await;
    fails(
        "id",
        json!("8"),
        "oidc: error evaluating user info validation rule: validation expression 'user.uid == \"7\"' failed: wrong",
    )
    .await;
    fails(
        "sub",
        json!(["a"]),
        "oidc: verify token: oidc: failed to unmarshal claims: json: cannot unmarshal array into Go struct field idToken.sub of type string",
    )
    .await;
    assert_eq!(
        world.with(&[("sub", Value::Null)]).await.unwrap().name,
        "ex:"
    );
    fails(
        "roles",
        json!(5),
        "oidc: error evaluating group claim expression: expression must return a string or a list of strings",
    )
    .await;
    let now = Time::now().0.as_second();
    let error = world.with(&[("nbf", json!(now + 120))]).await.unwrap_err();
    assert!(error.contains("before the nbf"), "{error}");
    world.with(&[("nbf", json!(now + 30))]).await.unwrap();
}

#[tokio::test]
async fn keys_are_fetched_whenever_an_unknown_one_signs() {
    let read = AuthenticationConfiguration::parse(FILE.as_bytes(), &[], &Small).unwrap();
    let world = world(read.issuers[0].clone());
    world.with(&[]).await.unwrap();
    let bad = "oidc: verify token: failed to verify signature: failed to verify id token signature";
    let claims = json!({"iss": "https://issuer.example"});
    let forged = Signer::new("k1").sign(&claims);
    assert_eq!(world.ask(&forged).await.unwrap_err(), bad);
    *world.signer.lock() = Signer::new("k2");
    world.with(&[]).await.unwrap();
    let mut text = Text::default();
    world.tokens.render(&mut text);
    let text = text.finish();
    let issuer = figures::hash(b"https://issuer.example");
    for line in [
        format!(
            "apiserver_authentication_jwt_authenticator_latency_seconds_count{{jwt_issuer_hash=\"{issuer}\",result=\"success\"}} 2"
        ),
        format!(
            "apiserver_authentication_jwt_authenticator_latency_seconds_count{{jwt_issuer_hash=\"{issuer}\",result=\"failure\"}} 1"
        ),
        format!(
            "apiserver_authentication_jwt_authenticator_jwks_fetch_last_key_set_info{{hash=\"{}\",jwt_issuer_hash=\"{issuer}\"}} 1",
            figures::hash(world.signer.lock().key_set().to_string().as_bytes())
        ),
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
    let fetched = format!(
        "jwks_fetch_last_timestamp_seconds{{jwt_issuer_hash=\"{issuer}\",result=\"success\"}} "
    );
    assert!(text.contains(&fetched), "{text}");
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
    for (value, expect) in [
        (json!(false), "oidc: email not verified"),
        (Value::Null, "oidc: email not verified"),
        (
            json!("true"),
            "oidc: parse 'email_verified' claim: json: cannot unmarshal string into Go value of type bool",
        ),
    ] {
        let unproved = ("email_verified", value);
        let error = world.with(&[mail.clone(), unproved]).await.unwrap_err();
        assert_eq!(error, expect);
    }
    let error = world.with(&[mail, ("aud", json!("x"))]).await.unwrap_err();
    assert_eq!(
        error,
        r#"oidc: verify token: oidc: expected audience "skeg" got ["x"]"#
    );
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

fn parse(text: &str) -> Result<AuthenticationConfiguration, String> {
    let own = ["https://own".to_owned()];
    AuthenticationConfiguration::parse(text.as_bytes(), &own, &Small).map_err(|error| error.0)
}

#[test]
fn faults_of_files_are_told() {
    let check = |from: &str, to: &str, expect: &str| {
        let text = FILE.replace(from, to);
        assert_ne!(text, FILE);
        assert_eq!(parse(&text).err().unwrap(), expect);
    };
    let issuer = |from: &str, to: &str, expect: &str| {
        check(from, to, &format!("jwt[0].issuer.{expect}"));
    };
    let url = "https://issuer.example";
    issuer(
        url,
        "http://issuer.example",
        r#"url: Invalid value: "http://issuer.example": URL scheme must be https"#,
    );
    issuer(
        url,
        "https://own",
        r#"url: Invalid value: "https://own": URL must not overlap with disallowed issuers: [https://own]"#,
    );
    issuer(
        url,
        "'https://a:b@x/%zz'",
        r#"url: Invalid value: "https://a:b@x/%zz": parse "https://a:b@x/%zz": invalid URL escape "%zz""#,
    );
    issuer(
        "    url: https://issuer.example\n",
        "",
        "url: Required value",
    );
    issuer(
        "[skeg, other]",
        "[skeg, skeg]",
        r#"audiences[1]: Duplicate value: "skeg""#,
    );
    issuer(
        "[skeg, other]",
        "[]",
        "audiences: Required value: at least one jwt[0].issuer.audiences is required",
    );
    issuer(
        "    audienceMatchPolicy: MatchAny\n",
        "",
        r#"audienceMatchPolicy: Invalid value: "": audienceMatchPolicy must be MatchAny for multiple audiences"#,
    );
    check(
        "    audienceMatchPolicy: MatchAny\n",
        "    audienceMatchPolicy: MatchAny\n    egressSelectorType: nonsense\n    certificateAuthority: x\n    discoveryURL: https://issuer.example/\n",
        "[jwt[0].issuer.discoveryURL: Invalid value: \"https://issuer.example/\": discoveryURL must be different from URL, \
         jwt[0].issuer.certificateAuthority: Invalid value: \"<omitted>\": data does not contain any valid RSA or ECDSA certificates, \
         jwt[0].issuer.egressSelectorType: Invalid value: \"nonsense\": egress selector must be either controlplane or cluster]",
    );
    check(
        "enabled: true",
        "enabled: false",
        r#"anonymous.conditions: Invalid value: [{"Path":"/livez"}]: enabled should be set to true when conditions are defined"#,
    );
    check(
        "kind: Auth",
        "kind: Other",
        r#"no kind "OtherenticationConfiguration" is registered for version "apiserver.config.k8s.io/v1""#,
    );
    check(
        "claimMappings:",
        "claimMapping:",
        r#"strict decoding error: unknown field "jwt[0].claimMapping""#,
    );
}

#[test]
fn faults_of_rules_and_mappings_are_told() {
    let check = |from: &str, to: &str, expect: &str| {
        let text = FILE.replace(from, to);
        assert_ne!(text, FILE);
        assert_eq!(parse(&text).err().unwrap(), format!("jwt[0].{expect}"));
    };
    let rule = "  - {claim: hd, requiredValue: example.com}\n";
    let rules = |to: &str, expect: &str| {
        check(rule, to, &format!("claimValidationRules[{expect}"));
    };
    rules(
        "  - {claim: hd, message: m}\n",
        r#"0].message: Invalid value: "m": may not be specified when claim is set"#,
    );
    rules(
        "  - {claim: hd}\n  - {claim: hd}\n",
        r#"1].claim: Duplicate value: "hd""#,
    );
    rules(
        "  - {expression: claims.a, requiredValue: v}\n",
        r#"0].requiredValue: Invalid value: "v": may not be specified when expression is set"#,
    );
    rules(
        "  - {expression: claims.a}\n  - {expression: claims.a}\n",
        r#"1].expression: Duplicate value: "claims.a""#,
    );
    rules(
        "  - {expression: claims.a, claim: c}\n",
        r#"0]: Invalid value: "c": claim and expression can't both be set"#,
    );
    rules(
        "  - {}\n",
        "0]: Required value: claim or expression is required",
    );
    let user_rule = "  - {expression: 'user.uid == \"7\"', message: wrong}\n";
    check(
        user_rule,
        "  - {expression: user.uid}\n  - {expression: user.uid}\n",
        r#"userValidationRules[1].expression: Duplicate value: "user.uid""#,
    );
    check(
        user_rule,
        "  - {}\n",
        "userValidationRules[0].expression: Required value",
    );
    let mapping = |from: &str, to: &str, expect: &str| {
        check(from, to, &format!("claimMappings.{expect}"));
    };
    mapping(
        ", prefix: \"ex:\"",
        "",
        "username.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing",
    );
    mapping(
        "{claim: sub, prefix: \"ex:\"}",
        "{}",
        "username: Required value: claim or expression is required",
    );
    mapping(
        "{claim: id}",
        "{claim: id, expression: claims.id}",
        r#"uid: Invalid value: "": claim and expression can't both be set"#,
    );
    mapping(
        "claims.roles",
        "nothing.roles",
        r#"groups.expression: Invalid value: "nothing.roles": undeclared reference in nothing.roles"#,
    );
    mapping(
        "example.com/tenant",
        "tenant",
        r#"extra[0].key: Invalid value: "tenant": must be a domain-prefixed path (such as "acme.io/foo")"#,
    );
    mapping(
        "example.com/tenant",
        "x.k8s.io/tenant",
        r#"extra[0].key: Invalid value: "x.k8s.io/tenant": k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use"#,
    );
    mapping(
        "example.com/tenant",
        "example.com/Tenant",
        r#"extra[0].key: Invalid value: "example.com/Tenant": must be lowercase"#,
    );
}

#[test]
fn an_address_that_makes_a_user_is_proved() {
    let by_email = FILE.replace(
        "{claim: sub, prefix: \"ex:\"}",
        "{expression: claims.email}",
    );
    let refused = "jwt[0].claimMappings.username.expression: Invalid value: \"claims.email\": claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression";
    let check = |from: &str, to: &str, expect: Option<&str>| {
        let text = by_email.replace(from, to);
        assert_eq!(parse(&text).err().as_deref(), expect, "{to}");
    };
    check("", "", Some(refused));
    check("claims.tenant", "claims.email_verified", None);
    check("claims.level ==", "claims.email_verified ==", None);
    // Neither groups nor rules about the user prove anything.
    check("claims.roles", "claims.email_verified", Some(refused));
    check("user.uid", "user.email_verified", Some(refused));
}

#[test]
fn issuers_are_told_apart_and_what_says_nothing_is_taken() {
    let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt:\n";
    let issuer = |url: &str, discovery: &str| {
        format!(
            "- issuer: {{url: '{url}', discoveryURL: '{discovery}', audiences: [x]}}\n  claimMappings: {{username: {{claim: sub, prefix: ''}}, groups: {{prefix: g}}}}\n"
        )
    };
    let file = |first: (&str, &str), second: (&str, &str)| {
        format!(
            "{head}{}{}",
            issuer(first.0, first.1),
            issuer(second.0, second.1)
        )
    };
    assert_eq!(
        parse(&file(
            ("https://a", "https://d"),
            ("https://b", "https://d")
        ))
        .err(),
        Some(r#"jwt[1].issuer.discoveryURL: Duplicate value: "https://d""#.to_owned())
    );
    assert_eq!(
        parse(&file(("https://a", ""), ("https://a", ""))).err(),
        Some(r#"jwt[1].issuer.url: Duplicate value: "https://a""#.to_owned())
    );
    let two = file(("https://a", ""), ("https://b", ""));
    let read = parse(&format!(
        "{two}anonymous: {{enabled: true, conditions: [{{}}]}}\n"
    ))
    .unwrap();
    assert_eq!(read.issuers.len(), 2);
    assert_eq!(read.anonymous.unwrap().paths, [""]);
}
