//! Questions to the authorizer.

use std::sync::Arc;

use skeg_meta::names;

use crate::authz::{Answer, Authz, Check, Form, User};
use crate::error::EvalError;
use crate::functions::{Row, method as m, text};
use crate::value::Val;

const AUTHORIZER: &str = "kubernetes.authorization.Authorizer";
const PATH: &str = "kubernetes.authorization.PathCheck";
const GROUP: &str = "kubernetes.authorization.GroupCheck";
const RESOURCE: &str = "kubernetes.authorization.ResourceCheck";
const DECISION: &str = "kubernetes.authorization.Decision";
const RESOURCE_TEXT: &str = "kubernetes.authorization.ResourceCheck string";

pub(crate) const ROWS: &[Row] = &[
    m(
        "path",
        "authorizer_path",
        "kubernetes.authorization.Authorizer string",
        PATH,
        path,
    )
    .since(27),
    m(
        "group",
        "authorizer_group",
        "kubernetes.authorization.Authorizer string",
        GROUP,
        group,
    )
    .since(27),
    m(
        "serviceAccount",
        "authorizer_serviceaccount",
        "kubernetes.authorization.Authorizer string string",
        AUTHORIZER,
        service_account,
    )
    .since(27),
    m(
        "resource",
        "groupcheck_resource",
        "kubernetes.authorization.GroupCheck string",
        RESOURCE,
        resource,
    )
    .since(27),
    m(
        "subresource",
        "resourcecheck_subresource",
        RESOURCE_TEXT,
        RESOURCE,
        subresource,
    )
    .since(27),
    m(
        "namespace",
        "resourcecheck_namespace",
        RESOURCE_TEXT,
        RESOURCE,
        namespace,
    )
    .since(27),
    m("name", "resourcecheck_name", RESOURCE_TEXT, RESOURCE, name).since(27),
    m(
        "check",
        "pathcheck_check",
        "kubernetes.authorization.PathCheck string",
        DECISION,
        check,
    )
    .since(27),
    m(
        "check",
        "resourcecheck_check",
        RESOURCE_TEXT,
        DECISION,
        check,
    )
    .since(27),
    m("errored", "decision_errored", DECISION, "bool", errored).since(27),
    m("error", "decision_error", DECISION, "string", error).since(27),
    m("allowed", "decision_allowed", DECISION, "bool", allowed).since(27),
    m("reason", "decision_reason", DECISION, "string", reason).since(27),
    m(
        "fieldSelector",
        "authorizer_fieldselector",
        RESOURCE_TEXT,
        RESOURCE,
        field_selector,
    )
    .since(31),
    m(
        "labelSelector",
        "authorizer_labelselector",
        RESOURCE_TEXT,
        RESOURCE,
        label_selector,
    )
    .since(31),
];

type Out<'a> = Result<Val<'a>, EvalError>;

fn held<'v>(args: &'v [Val<'_>]) -> Result<&'v Authz, EvalError> {
    match args.first() {
        Some(Val::Authz(authz)) => Ok(authz),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn with<'a>(args: &[Val<'_>], form: Form, change: impl FnOnce(&mut Check, &str)) -> Out<'a> {
    let mut next = held(args)?.clone();
    next.form = form;
    change(&mut next.check, text(args, 1)?);
    Ok(Val::Authz(Arc::new(next)))
}

fn path<'a>(args: &[Val<'a>]) -> Out<'a> {
    if text(args, 1)?.trim().is_empty() {
        return Err(EvalError::new("path must not be empty"));
    }
    with(args, Form::Path, |check, path| {
        check.path = Some(path.to_owned())
    })
}

fn group<'a>(args: &[Val<'a>]) -> Out<'a> {
    with(args, Form::Group, |check, group| {
        group.clone_into(&mut check.group)
    })
}

fn service_account<'a>(args: &[Val<'a>]) -> Out<'a> {
    let (namespace, name) = (text(args, 1)?, text(args, 2)?);
    if !names::dns1123_subdomain(name).is_empty() {
        return Err(EvalError::new("Invalid service account name"));
    }
    if !names::dns1123_label(namespace).is_empty() {
        return Err(EvalError::new("Invalid service account namespace"));
    }
    let mut next = held(args)?.clone();
    next.check.user = User {
        name: format!("system:serviceaccount:{namespace}:{name}"),
        groups: vec![
            "system:serviceaccounts".to_owned(),
            format!("system:serviceaccounts:{namespace}"),
        ],
        ..User::default()
    };
    Ok(Val::Authz(Arc::new(next)))
}

fn resource<'a>(args: &[Val<'a>]) -> Out<'a> {
    if text(args, 1)?.trim().is_empty() {
        return Err(EvalError::new("resource must not be empty"));
    }
    with(args, Form::Resource, |check, resource| {
        resource.clone_into(&mut check.resource);
    })
}

fn subresource<'a>(args: &[Val<'a>]) -> Out<'a> {
    with(args, Form::Resource, |check, to| {
        to.clone_into(&mut check.subresource)
    })
}

fn namespace<'a>(args: &[Val<'a>]) -> Out<'a> {
    with(args, Form::Resource, |check, to| {
        to.clone_into(&mut check.namespace)
    })
}

fn name<'a>(args: &[Val<'a>]) -> Out<'a> {
    with(args, Form::Resource, |check, to| {
        to.clone_into(&mut check.name)
    })
}

fn field_selector<'a>(args: &[Val<'a>]) -> Out<'a> {
    with(args, Form::Resource, |check, to| {
        to.clone_into(&mut check.field_selector)
    })
}

fn label_selector<'a>(args: &[Val<'a>]) -> Out<'a> {
    with(args, Form::Resource, |check, to| {
        to.clone_into(&mut check.label_selector)
    })
}

fn check<'a>(args: &[Val<'a>]) -> Out<'a> {
    let mut next = held(args)?.clone();
    text(args, 1)?.clone_into(&mut next.check.verb);
    let answer = next.authorizer.authorize(&next.check);
    if answer == Answer::Pending {
        return Err(EvalError::Pending(Arc::new(next.check)));
    }
    next.form = Form::Decision(answer);
    Ok(Val::Authz(Arc::new(next)))
}

fn answer<'v>(args: &'v [Val<'_>]) -> Result<&'v Answer, EvalError> {
    match &held(args)?.form {
        Form::Decision(answer) => Ok(answer),
        _ => Err(EvalError::no_such_overload()),
    }
}

fn errored<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(matches!(answer(args)?, Answer::Error(_))))
}

fn error<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::from(match answer(args)? {
        Answer::Error(message) => message.clone(),
        _ => String::new(),
    }))
}

fn allowed<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::Bool(matches!(answer(args)?, Answer::Allowed(_))))
}

fn reason<'a>(args: &[Val<'a>]) -> Out<'a> {
    Ok(Val::from(match answer(args)? {
        Answer::Allowed(why) | Answer::Denied(why) | Answer::NoOpinion(why) => why.clone(),
        Answer::Error(_) | Answer::Pending => String::new(),
    }))
}
