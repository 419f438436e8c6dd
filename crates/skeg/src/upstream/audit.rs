//! What kube-apiserver's flags say of the audit log.

use std::str::FromStr;

use skeg_auth::audit::{AuditOptions, BatchOptions, Mode, Truncation};

use super::flags::Given;

/// Reads them.
///
/// # Errors
/// A value is none of those that there are.
pub fn options(given: &Given) -> Result<AuditOptions, String> {
    let mut options = AuditOptions {
        policy_file: given.path("audit-policy-file"),
        log_path: given.path("audit-log-path"),
        log_legacy: match given.text("audit-log-format") {
            None | Some("json") => false,
            Some("legacy") => true,
            Some(other) => {
                return Err(format!(
                    "--audit-log-format {other:?} is none of json, legacy"
                ));
            }
        },
        log_compress: given.switch("audit-log-compress", false),
        webhook_config_file: given.path("audit-webhook-config-file"),
        ..AuditOptions::default()
    };
    set(given, "audit-log-maxsize", &mut options.log_max_size);
    set(given, "audit-log-maxbackup", &mut options.log_max_backup);
    set(given, "audit-log-maxage", &mut options.log_max_age);
    if let Some(wait) = given.duration("audit-webhook-initial-backoff") {
        options.webhook_initial_backoff = wait;
    }
    let kinds = [
        (
            "log",
            &mut options.log_mode,
            &mut options.log_batch,
            &mut options.log_truncate,
        ),
        (
            "webhook",
            &mut options.webhook_mode,
            &mut options.webhook_batch,
            &mut options.webhook_truncate,
        ),
    ];
    for (kind, how, together, cut) in kinds {
        mode(given, kind, how)?;
        batch(given, kind, together);
        truncation(given, kind, cut);
    }
    Ok(options)
}

fn set<T: FromStr>(given: &Given, name: &str, value: &mut T) {
    if let Some(new) = given.parsed(name) {
        *value = new;
    }
}

fn mode(given: &Given, kind: &str, mode: &mut Mode) -> Result<(), String> {
    let name = format!("audit-{kind}-mode");
    if let Some(text) = given.text(&name) {
        *mode = text.parse().map_err(|why| format!("--{name}: {why}"))?;
    }
    Ok(())
}

fn batch(given: &Given, kind: &str, batch: &mut BatchOptions) {
    let name = |what: &str| format!("audit-{kind}-batch-{what}");
    set(given, &name("buffer-size"), &mut batch.buffer_size);
    set(given, &name("max-size"), &mut batch.max_size);
    if let Some(wait) = given.duration(&name("max-wait")) {
        batch.max_wait = wait;
    }
    let enabled = given.switch(&name("throttle-enable"), batch.throttle.is_some());
    let (mut each_second, mut burst) = batch.throttle.unwrap_or((0.0, 0));
    set(given, &name("throttle-qps"), &mut each_second);
    set(given, &name("throttle-burst"), &mut burst);
    batch.throttle = enabled.then_some((each_second, burst));
}

fn truncation(given: &Given, kind: &str, cut: &mut Truncation) {
    let name = |what: &str| format!("audit-{kind}-truncate-{what}");
    cut.enabled = given.switch(&name("enabled"), cut.enabled);
    set(given, &name("max-event-size"), &mut cut.event_len_max);
    set(given, &name("max-batch-size"), &mut cut.batch_len_max);
}

#[cfg(test)]
mod tests {
    use super::super::{flags, table};
    use super::*;

    fn read(line: &str) -> Result<AuditOptions, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        options(&flags::parse(table::FLAGS, &args)?)
    }

    #[test]
    fn flags_become_options() {
        let none = read("").unwrap();
        assert!(none.policy_file.is_none() && none.webhook_batch.throttle.is_some());
        let options = read(
            "--audit-policy-file=/p --audit-log-path=- --audit-log-maxsize=7 --audit-log-mode=batch \
             --audit-log-batch-max-wait=2s --audit-log-truncate-enabled \
             --audit-webhook-batch-throttle-enable=false --audit-log-batch-throttle-enable \
             --audit-log-batch-throttle-qps=2.5 --audit-log-batch-throttle-burst=4",
        )
        .unwrap();
        assert_eq!(options.log_max_size, 7);
        assert_eq!(options.log_mode, Mode::Batch);
        assert_eq!(options.log_batch.max_wait.as_secs(), 2);
        assert_eq!(options.log_batch.throttle, Some((2.5, 4)));
        assert!(options.log_truncate.enabled);
        assert_eq!(options.webhook_batch.throttle, None);
        assert!(read("--audit-log-mode=later").is_err());
        assert!(read("--audit-log-format=xml").is_err());
    }
}
