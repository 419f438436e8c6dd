//! The flags about who may do what, and what is written down of it.

use super::flags::Flag;
use super::flags::Kind::{Array, Bool, Duration, Float, Int, List, Map, Text};
use super::table::{fixed, sets};

/// Auditing.
pub const AUDITING: &[Flag] = &[
    sets(
        "audit-log-batch-buffer-size",
        Int,
        "10000",
        "events that may wait to be written",
    ),
    sets(
        "audit-log-batch-max-size",
        Int,
        "1",
        "events written at once",
    ),
    sets(
        "audit-log-batch-max-wait",
        Duration,
        "",
        "how long events may wait for more",
    ),
    sets(
        "audit-log-batch-throttle-burst",
        Int,
        "",
        "batches written at once",
    ),
    sets(
        "audit-log-batch-throttle-enable",
        Bool,
        "",
        "whether batches are slowed down",
    ),
    sets(
        "audit-log-batch-throttle-qps",
        Float,
        "",
        "batches a second",
    ),
    sets("audit-log-compress", Bool, "", "old files are compressed"),
    sets(
        "audit-log-format",
        Text,
        "json",
        "json, or legacy: lines for people",
    ),
    sets(
        "audit-log-maxage",
        Int,
        "366",
        "days that old files are kept",
    ),
    sets(
        "audit-log-maxbackup",
        Int,
        "100",
        "how many old files are kept",
    ),
    sets(
        "audit-log-maxsize",
        Int,
        "100",
        "megabytes after which a file is put aside",
    ),
    sets(
        "audit-log-mode",
        Text,
        "blocking",
        "blocking, blocking-strict or batch",
    ),
    sets(
        "audit-log-path",
        Text,
        "",
        "the file that events are written to; - is the standard output",
    ),
    sets(
        "audit-log-truncate-enabled",
        Bool,
        "",
        "events that are too large are cut",
    ),
    sets(
        "audit-log-truncate-max-batch-size",
        Int,
        "10485760",
        "bytes of one batch",
    ),
    sets(
        "audit-log-truncate-max-event-size",
        Int,
        "102400",
        "bytes of one event",
    ),
    fixed(
        "audit-log-version",
        Text,
        "audit.k8s.io/v1",
        "the version of events",
    ),
    sets(
        "audit-policy-file",
        Text,
        "",
        "what is audited; without it nothing is",
    ),
    sets(
        "audit-webhook-batch-buffer-size",
        Int,
        "10000",
        "events that may wait to be sent",
    ),
    sets(
        "audit-webhook-batch-max-size",
        Int,
        "400",
        "events sent at once",
    ),
    sets(
        "audit-webhook-batch-max-wait",
        Duration,
        "30s",
        "how long events may wait for more",
    ),
    sets(
        "audit-webhook-batch-throttle-burst",
        Int,
        "15",
        "batches sent at once",
    ),
    sets(
        "audit-webhook-batch-throttle-enable",
        Bool,
        "true",
        "whether batches are slowed down",
    ),
    sets(
        "audit-webhook-batch-throttle-qps",
        Float,
        "10",
        "batches a second",
    ),
    sets(
        "audit-webhook-config-file",
        Text,
        "",
        "a kubeconfig that says where events are sent",
    ),
    sets(
        "audit-webhook-initial-backoff",
        Duration,
        "10s",
        "the wait after a first failure",
    ),
    sets(
        "audit-webhook-mode",
        Text,
        "batch",
        "batch, blocking or blocking-strict",
    ),
    sets(
        "audit-webhook-truncate-enabled",
        Bool,
        "",
        "events that are too large are cut",
    ),
    sets(
        "audit-webhook-truncate-max-batch-size",
        Int,
        "10485760",
        "bytes of one batch",
    ),
    sets(
        "audit-webhook-truncate-max-event-size",
        Int,
        "102400",
        "bytes of one event",
    ),
    fixed(
        "audit-webhook-version",
        Text,
        "audit.k8s.io/v1",
        "the version of events",
    ),
];

/// Authentication.
pub const AUTHENTICATION: &[Flag] = &[
    sets(
        "anonymous-auth",
        Bool,
        "true",
        "whether who shows nothing is system:anonymous",
    ),
    sets(
        "api-audiences",
        List,
        "",
        "whom tokens must be for; without it, the issuers",
    ),
    sets(
        "authentication-config",
        Text,
        "",
        "a file of kind AuthenticationConfiguration: issuers of tokens and what their claims mean",
    ),
    sets(
        "authentication-token-webhook-cache-ttl",
        Duration,
        "2m0s",
        "how long its answers are remembered",
    ),
    sets(
        "authentication-token-webhook-config-file",
        Text,
        "",
        "a kubeconfig of the webhook that knows tokens",
    ),
    sets(
        "authentication-token-webhook-version",
        Text,
        "v1beta1",
        "v1 or v1beta1: the version of its TokenReviews",
    ),
    sets(
        "client-ca-file",
        Text,
        "",
        "CAs whose client certificates name users",
    ),
    sets(
        "enable-bootstrap-token-auth",
        Bool,
        "",
        "Secrets of type bootstrap.kubernetes.io/token are tokens",
    ),
    sets(
        "oidc-ca-file",
        Text,
        "",
        "the CA of the issuer's certificate",
    ),
    sets("oidc-client-id", Text, "", "whom tokens must be for"),
    sets(
        "oidc-groups-claim",
        Text,
        "",
        "the claim that holds the groups",
    ),
    sets(
        "oidc-groups-prefix",
        Text,
        "",
        "what is put before each group",
    ),
    sets(
        "oidc-issuer-url",
        Text,
        "",
        "an issuer of OpenID Connect tokens",
    ),
    sets(
        "oidc-required-claim",
        Map,
        "",
        "claims that a token must have",
    ),
    sets(
        "oidc-signing-algs",
        List,
        "RS256",
        "algorithms that tokens may be signed with",
    ),
    sets(
        "oidc-username-claim",
        Text,
        "sub",
        "the claim that holds the user's name",
    ),
    sets(
        "oidc-username-prefix",
        Text,
        "",
        "what is put before the user's name; -: nothing",
    ),
    sets(
        "requestheader-allowed-names",
        List,
        "",
        "names of certificates that front proxies may show; none: all of the CA",
    ),
    sets(
        "requestheader-client-ca-file",
        Text,
        "",
        "CAs of front proxies, whose headers name users",
    ),
    sets(
        "requestheader-extra-headers-prefix",
        List,
        "",
        "what headers with more of the user begin with",
    ),
    sets(
        "requestheader-group-headers",
        List,
        "",
        "headers that name the groups",
    ),
    sets(
        "requestheader-uid-headers",
        List,
        "",
        "headers that name the user's UID",
    ),
    sets(
        "requestheader-username-headers",
        List,
        "",
        "headers that name the user",
    ),
    sets(
        "service-account-extend-token-expiration",
        Bool,
        "true",
        "tokens of pods outlive what they asked for, and are told of",
    ),
    sets(
        "service-account-issuer",
        Array,
        "",
        "who issues tokens: the first signs, all are believed",
    ),
    fixed(
        "service-account-jwks-uri",
        Text,
        "",
        "where the keys of tokens are published",
    ),
    sets(
        "service-account-key-file",
        Array,
        "",
        "keys that tokens may be signed with: public or private keys, or certificates",
    ),
    fixed(
        "service-account-lookup",
        Bool,
        "true",
        "tokens end with their account",
    ),
    sets(
        "service-account-max-token-expiration",
        Duration,
        "",
        "the longest life of a token",
    ),
    sets(
        "token-auth-file",
        Text,
        "",
        "tokens known from the start, a line each: token,user,uid,\"groups\"",
    ),
];

/// Authorization.
pub const AUTHORIZATION: &[Flag] = &[
    sets(
        "authorization-config",
        Text,
        "",
        "a file of kind AuthorizationConfiguration: who is asked, in which order",
    ),
    sets(
        "authorization-mode",
        List,
        "AlwaysAllow",
        "who decides, in this order: AlwaysAllow, AlwaysDeny, ABAC, Node, RBAC, Webhook",
    ),
    sets(
        "authorization-policy-file",
        Text,
        "",
        "the policies of ABAC, a JSON object a line",
    ),
    sets(
        "authorization-webhook-cache-authorized-ttl",
        Duration,
        "5m0s",
        "how long its yes is remembered",
    ),
    sets(
        "authorization-webhook-cache-unauthorized-ttl",
        Duration,
        "30s",
        "how long its no is remembered",
    ),
    sets(
        "authorization-webhook-config-file",
        Text,
        "",
        "a kubeconfig of the webhook that decides",
    ),
    sets(
        "authorization-webhook-version",
        Text,
        "v1beta1",
        "v1 or v1beta1: the version of its SubjectAccessReviews",
    ),
];
