// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.

//! Group `admissionregistration`, version `v1alpha1`. Names and meanings are those of the Kubernetes API reference.
#![allow(missing_docs)]

use skeg_meta::ObjectMeta;

/// `ApplyConfiguration`.
#[derive(Clone, Default, PartialEq)]
pub struct ApplyConfiguration {
    pub expression: String,
}

skeg_schema::message! { ApplyConfiguration = 42 { 0 expression, } }

/// `AuditAnnotation`.
#[derive(Clone, Default, PartialEq)]
pub struct AuditAnnotation {
    pub key: String,
    pub value_expression: String,
}

skeg_schema::message! { AuditAnnotation = 43 { 0 key, 1 value_expression, } }

/// `ExpressionWarning`.
#[derive(Clone, Default, PartialEq)]
pub struct ExpressionWarning {
    pub field_ref: String,
    pub warning: String,
}

skeg_schema::message! { ExpressionWarning = 44 { 0 field_ref, 1 warning, } }

/// `JSONPatch`.
#[derive(Clone, Default, PartialEq)]
pub struct JSONPatch {
    pub expression: String,
}

skeg_schema::message! { JSONPatch = 45 { 0 expression, } }

/// `MatchCondition`.
#[derive(Clone, Default, PartialEq)]
pub struct MatchCondition {
    pub name: String,
    pub expression: String,
}

skeg_schema::message! { MatchCondition = 46 { 0 name, 1 expression, } }

/// `MatchResources`.
#[derive(Clone, Default, PartialEq)]
pub struct MatchResources {
    pub namespace_selector: Option<skeg_meta::LabelSelector>,
    pub object_selector: Option<skeg_meta::LabelSelector>,
    pub resource_rules: Vec<NamedRuleWithOperations>,
    pub exclude_resource_rules: Vec<NamedRuleWithOperations>,
    pub match_policy: Option<String>,
}

skeg_schema::message! { MatchResources = 47 { 0 namespace_selector, 1 object_selector, 2 resource_rules, 3 exclude_resource_rules, 4 match_policy, } }

/// `MutatingAdmissionPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct MutatingAdmissionPolicy {
    pub metadata: ObjectMeta,
    pub spec: MutatingAdmissionPolicySpec,
}

skeg_schema::message! { MutatingAdmissionPolicy = 48 { 0 metadata, 1 spec, } }

skeg_meta::object! { MutatingAdmissionPolicy, "admissionregistration.k8s.io", "v1alpha1", "mutatingadmissionpolicies", false, 52 }

/// `MutatingAdmissionPolicyBinding`.
#[derive(Clone, Default, PartialEq)]
pub struct MutatingAdmissionPolicyBinding {
    pub metadata: ObjectMeta,
    pub spec: MutatingAdmissionPolicyBindingSpec,
}

skeg_schema::message! { MutatingAdmissionPolicyBinding = 49 { 0 metadata, 1 spec, } }

skeg_meta::object! { MutatingAdmissionPolicyBinding, "admissionregistration.k8s.io", "v1alpha1", "mutatingadmissionpolicybindings", false, 50 }

/// A list of [`MutatingAdmissionPolicyBinding`].
pub type MutatingAdmissionPolicyBindingList = skeg_meta::List<MutatingAdmissionPolicyBinding>;

/// `MutatingAdmissionPolicyBindingSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct MutatingAdmissionPolicyBindingSpec {
    pub policy_name: String,
    pub param_ref: Option<ParamRef>,
    pub match_resources: Option<MatchResources>,
}

skeg_schema::message! { MutatingAdmissionPolicyBindingSpec = 51 { 0 policy_name, 1 param_ref, 2 match_resources, } }

/// A list of [`MutatingAdmissionPolicy`].
pub type MutatingAdmissionPolicyList = skeg_meta::List<MutatingAdmissionPolicy>;

/// `MutatingAdmissionPolicySpec`.
#[derive(Clone, Default, PartialEq)]
pub struct MutatingAdmissionPolicySpec {
    pub param_kind: Option<ParamKind>,
    pub match_constraints: Option<MatchResources>,
    pub variables: Vec<Variable>,
    pub mutations: Vec<Mutation>,
    pub failure_policy: Option<String>,
    pub match_conditions: Vec<MatchCondition>,
    pub reinvocation_policy: String,
}

skeg_schema::message! { MutatingAdmissionPolicySpec = 53 { 0 param_kind, 1 match_constraints, 2 variables, 3 mutations, 4 failure_policy, 5 match_conditions, 6 reinvocation_policy, } }

/// `Mutation`.
#[derive(Clone, Default, PartialEq)]
pub struct Mutation {
    pub patch_type: String,
    pub apply_configuration: Option<ApplyConfiguration>,
    pub json_patch: Option<JSONPatch>,
}

skeg_schema::message! { Mutation = 54 { 0 patch_type, 1 apply_configuration, 2 json_patch, } }

/// `NamedRuleWithOperations`.
#[derive(Clone, Default, PartialEq)]
pub struct NamedRuleWithOperations {
    pub resource_names: Vec<String>,
    pub operations: Vec<String>,
    pub api_groups: Vec<String>,
    pub api_versions: Vec<String>,
    pub resources: Vec<String>,
    pub scope: Option<String>,
}

skeg_schema::message! { NamedRuleWithOperations = 55 { 0 resource_names, 1 operations, 2 api_groups, 3 api_versions, 4 resources, 5 scope, } }

/// `ParamKind`.
#[derive(Clone, Default, PartialEq)]
pub struct ParamKind {
    pub api_version: String,
    pub kind: String,
}

skeg_schema::message! { ParamKind = 56 { 0 api_version, 1 kind, } }

/// `ParamRef`.
#[derive(Clone, Default, PartialEq)]
pub struct ParamRef {
    pub name: String,
    pub namespace: String,
    pub selector: Option<skeg_meta::LabelSelector>,
    pub parameter_not_found_action: Option<String>,
}

skeg_schema::message! { ParamRef = 57 { 0 name, 1 namespace, 2 selector, 3 parameter_not_found_action, } }

/// `TypeChecking`.
#[derive(Clone, Default, PartialEq)]
pub struct TypeChecking {
    pub expression_warnings: Vec<ExpressionWarning>,
}

skeg_schema::message! { TypeChecking = 58 { 0 expression_warnings, } }

/// `ValidatingAdmissionPolicy`.
#[derive(Clone, Default, PartialEq)]
pub struct ValidatingAdmissionPolicy {
    pub metadata: ObjectMeta,
    pub spec: ValidatingAdmissionPolicySpec,
    pub status: ValidatingAdmissionPolicyStatus,
}

skeg_schema::message! { ValidatingAdmissionPolicy = 59 { 0 metadata, 1 spec, 2 status, } }

skeg_meta::object! { ValidatingAdmissionPolicy, "admissionregistration.k8s.io", "v1alpha1", "validatingadmissionpolicies", false, 63 }

/// `ValidatingAdmissionPolicyBinding`.
#[derive(Clone, Default, PartialEq)]
pub struct ValidatingAdmissionPolicyBinding {
    pub metadata: ObjectMeta,
    pub spec: ValidatingAdmissionPolicyBindingSpec,
}

skeg_schema::message! { ValidatingAdmissionPolicyBinding = 60 { 0 metadata, 1 spec, } }

skeg_meta::object! { ValidatingAdmissionPolicyBinding, "admissionregistration.k8s.io", "v1alpha1", "validatingadmissionpolicybindings", false, 61 }

/// A list of [`ValidatingAdmissionPolicyBinding`].
pub type ValidatingAdmissionPolicyBindingList = skeg_meta::List<ValidatingAdmissionPolicyBinding>;

/// `ValidatingAdmissionPolicyBindingSpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ValidatingAdmissionPolicyBindingSpec {
    pub policy_name: String,
    pub param_ref: Option<ParamRef>,
    pub match_resources: Option<MatchResources>,
    pub validation_actions: Vec<String>,
}

skeg_schema::message! { ValidatingAdmissionPolicyBindingSpec = 62 { 0 policy_name, 1 param_ref, 2 match_resources, 3 validation_actions, } }

/// A list of [`ValidatingAdmissionPolicy`].
pub type ValidatingAdmissionPolicyList = skeg_meta::List<ValidatingAdmissionPolicy>;

/// `ValidatingAdmissionPolicySpec`.
#[derive(Clone, Default, PartialEq)]
pub struct ValidatingAdmissionPolicySpec {
    pub param_kind: Option<ParamKind>,
    pub match_constraints: Option<MatchResources>,
    pub validations: Vec<Validation>,
    pub failure_policy: Option<String>,
    pub audit_annotations: Vec<AuditAnnotation>,
    pub match_conditions: Vec<MatchCondition>,
    pub variables: Vec<Variable>,
}

skeg_schema::message! { ValidatingAdmissionPolicySpec = 64 { 0 param_kind, 1 match_constraints, 2 validations, 3 failure_policy, 4 audit_annotations, 5 match_conditions, 6 variables, } }

/// `ValidatingAdmissionPolicyStatus`.
#[derive(Clone, Default, PartialEq)]
pub struct ValidatingAdmissionPolicyStatus {
    pub observed_generation: i64,
    pub type_checking: Option<TypeChecking>,
    pub conditions: Vec<skeg_meta::Condition>,
}

skeg_schema::message! { ValidatingAdmissionPolicyStatus = 65 { 0 observed_generation, 1 type_checking, 2 conditions, } }

/// `Validation`.
#[derive(Clone, Default, PartialEq)]
pub struct Validation {
    pub expression: String,
    pub message: String,
    pub reason: Option<String>,
    pub message_expression: String,
}

skeg_schema::message! { Validation = 66 { 0 expression, 1 message, 2 reason, 3 message_expression, } }

/// `Variable`.
#[derive(Clone, Default, PartialEq)]
pub struct Variable {
    pub name: String,
    pub expression: String,
}

skeg_schema::message! { Variable = 67 { 0 name, 1 expression, } }

/// Values of `FailurePolicyType`.
pub mod failure_policy_type {
    pub const FAIL: &str = "Fail";
    pub const IGNORE: &str = "Ignore";
}

/// Values of `MatchPolicyType`.
pub mod match_policy_type {
    pub const EQUIVALENT: &str = "Equivalent";
    pub const EXACT: &str = "Exact";
}

/// Values of `ParameterNotFoundActionType`.
pub mod parameter_not_found_action_type {
    pub const ALLOW: &str = "Allow";
    pub const DENY: &str = "Deny";
}

/// Values of `PatchType`.
pub mod patch_type {
    pub const APPLY_CONFIGURATION: &str = "ApplyConfiguration";
    pub const JSON_PATCH: &str = "JSONPatch";
}

/// Values of `ValidationAction`.
pub mod validation_action {
    pub const AUDIT: &str = "Audit";
    pub const DENY: &str = "Deny";
    pub const WARN: &str = "Warn";
}
