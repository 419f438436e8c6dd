//! `--tls-cipher-suites` and `--tls-curve-preferences`: what of Go's crypto/tls
//! may be asked for, and what of that our own TLS has.

use skeg_auth::pki::{has_cipher_suite, has_group};

use super::flags::Given;
use super::tls_files::TlsRules;

const SUITES_FLAG: &str = "tls-cipher-suites";
const CURVES_FLAG: &str = "tls-curve-preferences";

/// The suites that Go names, with IANA's numbers; those of TLS 1.3 are always on.
const SUITES: &[(&str, u16)] = &[
    ("TLS_AES_128_GCM_SHA256", 0x1301),
    ("TLS_AES_256_GCM_SHA384", 0x1302),
    ("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xc009),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", 0xc023),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", 0xc00a),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", 0xcca9),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9),
    ("TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", 0xc007),
    ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", 0xc012),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc013),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", 0xc027),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xc014),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", 0xcca8),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8),
    ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", 0xc011),
    ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", 0x000a),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002f),
    ("TLS_RSA_WITH_AES_128_CBC_SHA256", 0x003c),
    ("TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009c),
    ("TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035),
    ("TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009d),
    ("TLS_RSA_WITH_RC4_128_SHA", 0x0005),
];

/// HTTP/2 demands one of these under TLS 1.2.
const OF_HTTP2: [u16; 2] = [0xc02f, 0xc02b];

/// The groups that Go names: three of NIST, X25519, and those with ML-KEM.
const GROUPS: [i32; 7] = [23, 24, 25, 29, 4587, 4588, 4589];

/// What is chosen about TLS.
///
/// # Errors
/// What is wrong, or not to be had here.
pub fn rules(given: &mut Given, only_13: bool) -> Result<TlsRules, String> {
    Ok(TlsRules {
        only_13,
        cipher_suites: suites(given, only_13)?,
        groups: groups(given)?,
    })
}

fn suites(given: &mut Given, only_13: bool) -> Result<Option<Vec<u16>>, String> {
    let mut wanted = Vec::new();
    for name in given.list(SUITES_FLAG) {
        let found = SUITES.iter().find(|(known, _)| known == name);
        let (name, suite) =
            found.ok_or_else(|| format!("Cipher suite {name} not supported or doesn't exist"))?;
        wanted.push((*name, *suite));
    }
    // TLS 1.3 leaves no choice.
    if wanted.is_empty() || only_13 {
        return Ok(None);
    }
    let speaks_http2 = !given.switch("disable-http2-serving", false);
    if speaks_http2 && !wanted.iter().any(|(_, suite)| OF_HTTP2.contains(suite)) {
        return Err("error configuring http2: http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher (need at least one of TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)".to_owned());
    }
    let (ours, others): (Vec<_>, Vec<_>) = wanted
        .into_iter()
        .partition(|(_, suite)| has_cipher_suite(*suite));
    left_out(
        given,
        SUITES_FLAG,
        ours.len(),
        others.iter().map(|(name, _)| *name),
    )?;
    Ok(Some(ours.into_iter().map(|(_, suite)| suite).collect()))
}

fn groups(given: &mut Given) -> Result<Option<Vec<u16>>, String> {
    let mut wanted = Vec::new();
    for text in given.list(CURVES_FLAG) {
        let id: i32 = text.parse().map_err(|_| {
            format!(
                "invalid argument {text:?} for \"--{CURVES_FLAG}\" flag: expected whole numbers"
            )
        })?;
        let most = u16::MAX;
        let group = u16::try_from(id).ok().filter(|id| *id > 0);
        let group = group
            .ok_or_else(|| format!("curve preference {id} is out of range (must be 1-{most})"))?;
        if wanted.contains(&group) {
            return Err(format!("duplicate curve preference {id}"));
        }
        if !GROUPS.contains(&id) {
            return Err(format!(
                "curve preference {id} is not supported by the current Go version"
            ));
        }
        wanted.push(group);
    }
    if wanted.is_empty() {
        return Ok(None);
    }
    let (ours, others): (Vec<u16>, Vec<u16>) = wanted.into_iter().partition(|id| has_group(*id));
    left_out(given, CURVES_FLAG, ours.len(), others)?;
    Ok(Some(ours))
}

/// Warns of what is not to be had, beside what is; without that it is a fault.
fn left_out(
    given: &mut Given,
    flag: &str,
    kept: usize,
    others: impl IntoIterator<Item = impl ToString>,
) -> Result<(), String> {
    let others: Vec<String> = others.into_iter().map(|other| other.to_string()).collect();
    if kept == 0 {
        return Err(format!(
            "--{flag} cannot be honoured: there is no {} here",
            others.join(", ")
        ));
    }
    if !others.is_empty() {
        given.warnings.push(format!(
            "--{flag}: there is no {} here; the others are used",
            others.join(", ")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{flags, table};
    use super::*;

    fn read(line: &str) -> Result<(TlsRules, Vec<String>), String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let mut given = flags::parse(table::FLAGS, &args)?;
        let rules = rules(&mut given, line.contains("VersionTLS13"))?;
        Ok((rules, given.warnings))
    }

    #[test]
    fn what_is_named_is_chosen() {
        let (rules, warnings) = read("").unwrap();
        assert_eq!((rules.cipher_suites, rules.groups), (None, None));
        assert_eq!(warnings, Vec::<String>::new());
        let (rules, warnings) = read(
            "--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA \
             --tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305 --tls-curve-preferences=29,25",
        )
        .unwrap();
        assert_eq!(rules.cipher_suites, Some(vec![0xc02f, 0xcca9]));
        assert_eq!(rules.groups, Some(vec![29]));
        assert_eq!(
            warnings,
            [
                "--tls-cipher-suites: there is no TLS_RSA_WITH_AES_128_CBC_SHA here; the others are used",
                "--tls-curve-preferences: there is no 25 here; the others are used",
            ]
        );
        let (rules, _) =
            read("--tls-cipher-suites=TLS_AES_128_GCM_SHA256 --tls-min-version=VersionTLS13")
                .unwrap();
        assert_eq!(rules.cipher_suites, None);
    }

    #[test]
    fn what_is_not_to_be_had_is_refused() {
        let check = |line: &str, expect: &str| {
            let said = read(line).err().unwrap_or_default();
            assert!(said.starts_with(expect), "{line}: {said}");
        };
        check(
            "--tls-cipher-suites=BOGUS",
            "Cipher suite BOGUS not supported or doesn't exist",
        );
        check(
            "--tls-cipher-suites=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "error configuring http2: http2: TLSConfig.CipherSuites is missing",
        );
        check(
            "--tls-cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA --disable-http2-serving",
            "--tls-cipher-suites cannot be honoured: there is no TLS_RSA_WITH_AES_128_CBC_SHA here",
        );
        check(
            "--tls-curve-preferences=99999",
            "curve preference 99999 is out of range (must be 1-65535)",
        );
        check(
            "--tls-curve-preferences=30",
            "curve preference 30 is not supported",
        );
        check(
            "--tls-curve-preferences=29,29",
            "duplicate curve preference 29",
        );
        check("--tls-curve-preferences=P-256", "invalid argument");
        check(
            "--tls-curve-preferences=25",
            "--tls-curve-preferences cannot be honoured: there is no 25 here",
        );
    }
}
