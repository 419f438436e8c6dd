//! What a claim got, who uses it, and what drivers say of it.

use super::{
    CONFIG_MAX, Requests, allocated, at_most, binding, chosen, configuration, device_id,
    json_object, label, pool_name, request_name, tolerations,
};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, has, list, s};
use crate::validation::{names, pod::affinity, policy, storage};
use skeg_schema::Value;

const USERS_MAX: usize = 256;
const RESULTS_MAX: usize = 32;
const CONDITIONS_MAX: usize = 8;
const ADDRESSES_MAX: usize = 16;

/// A claim's changed status.
pub fn claim_status(new: &Value, old: &Value, errs: &mut Errs) {
    let status = at(new, "status");
    let path = Path::root("status");
    let u_path = path.child("reservedFor");
    for (n, user) in at_most(status, "reservedFor", USERS_MAX).iter().enumerate() {
        for field in ["resource", "name", "uid"] {
            if s(user, field).is_empty() {
                errs.required(&u_path.index(n).child(field), "");
            }
        }
    }
    let d_path = path.child("devices");
    let known = allocated(status);
    for (n, d) in list(status, "devices").iter().enumerate() {
        let is_own = known.contains(&device_id(d));
        device(d, is_own, &d_path.index(n), errs);
    }
    let users = list(status, "reservedFor");
    if !users.is_empty() {
        let before = list(at(old, "status"), "reservedFor");
        if !has(status, "allocation") {
            errs.forbidden(&u_path, "may not be specified when `allocated` is not set");
        } else if tree::is_deleting(new) && users.iter().any(|user| !before.contains(user)) {
            errs.forbidden(
                &u_path,
                "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set",
            );
        }
    }
    // What was there already may not change, which is declared.
    if has(status, "allocation") && !has(at(old, "status"), "allocation") {
        let requests = Requests::of(tree::path(new, &["spec", "devices"]));
        allocation(
            at(status, "allocation"),
            &requests,
            &path.child("allocation"),
            errs,
        );
    }
}

fn allocation(v: &Value, requests: &Requests<'_>, path: &Path<'_>, errs: &mut Errs) {
    let devices = at(v, "devices");
    let d_path = path.child("devices");
    let r_path = d_path.child("results");
    for (n, r) in at_most(devices, "results", RESULTS_MAX).iter().enumerate() {
        let path = r_path.index(n);
        request_name(s(r, "request"), requests, &path.child("request"), errs);
        label(s(r, "device"), &path.child("device"), errs);
        binding(r, &path, errs);
        tolerations(r, &path, errs);
    }
    let c_path = d_path.child("config");
    for (n, c) in at_most(devices, "config", 2 * CONFIG_MAX)
        .iter()
        .enumerate()
    {
        let path = c_path.index(n);
        chosen(c, requests, &path, errs);
        configuration(c, &path, errs);
    }
    if has(v, "nodeSelector") {
        affinity::node_selector(at(v, "nodeSelector"), &path.child("nodeSelector"), errs);
    }
}

// What a driver says about a device that the claim got.
fn device(d: &Value, is_own: bool, path: &Path<'_>, errs: &mut Errs) {
    storage::csi_driver_name(s(d, "driver"), &path.child("driver"), errs);
    pool_name(s(d, "pool"), &path.child("pool"), errs);
    label(s(d, "device"), &path.child("device"), errs);
    if !is_own {
        let mut shown = Value::object();
        for (name, value) in ["Driver", "Pool", "Device", "ShareID"]
            .into_iter()
            .zip(device_id(d))
        {
            tree::set(&mut shown, name, value);
        }
        errs.invalid(path, shown, "must be an allocated device in the claim");
    }
    let conditions = list(d, "conditions");
    let c_path = path.child("conditions");
    if conditions.len() > CONDITIONS_MAX {
        errs.too_many(&c_path, conditions.len(), CONDITIONS_MAX);
    }
    policy::conditions(conditions, &c_path, errs);
    if has(d, "data") {
        json_object(at(d, "data"), &path.child("data"), errs);
    }
    let n_path = path.child("networkData");
    let a_path = n_path.child("ips");
    for (n, ip) in at_most(at(d, "networkData"), "ips", ADDRESSES_MAX)
        .iter()
        .enumerate()
    {
        interface_address(ip.as_str().unwrap_or(""), &a_path.index(n), errs);
    }
}

fn interface_address(text: &str, path: &Path<'_>, errs: &mut Errs) {
    match names::parse_cidr(text) {
        None => errs.invalid(
            path,
            text,
            "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)",
        ),
        Some((ip, bits)) => {
            let form = format!("{ip}/{bits}");
            if form != text {
                errs.invalid(path, text, format!("must be in canonical form ({form:?})"));
            }
        }
    }
}

/// What was said about devices that the claim no longer has is dropped.
pub fn forget_deallocated(new: &mut Value, old: &Value) {
    let before = allocated(at(old, "status"));
    let keep: Vec<bool> = {
        let now = allocated(at(new, "status"));
        let gone = |d: &Value| {
            let id = [s(d, "driver"), s(d, "pool"), s(d, "device")];
            before.iter().any(|b| b[..3] == id) && !now.iter().any(|n| n[..3] == id)
        };
        list(at(new, "status"), "devices")
            .iter()
            .map(|d| !gone(d))
            .collect()
    };
    if keep.iter().all(|keep| *keep) {
        return;
    }
    let Some(status) = tree::get_mut(new, "status") else {
        return;
    };
    if let Some(devices) = tree::get_mut(status, "devices").and_then(Value::as_array_mut) {
        let mut keep = keep.into_iter();
        devices.retain(|_| keep.next().unwrap_or(true));
    }
    if list(status, "devices").is_empty() {
        tree::remove(status, "devices");
    }
}
