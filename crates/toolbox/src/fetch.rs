//! `wget` and `curl`, as far as probes and scripts use them.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore, SignatureScheme,
    StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};

use crate::{dns, output};

const REDIRECTS_MAX: usize = 10;
const LINE_BYTES_MAX: u64 = 64 << 10;
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

#[derive(Debug, Default)]
struct Job {
    url: String,
    method: Option<String>,
    headers: Vec<String>,
    body: Option<Vec<u8>>,
    output: Option<String>,
    authorities: Option<String>,
    insecure: bool,
    fail: bool,
    follow: bool,
    show_headers: bool,
    write_out: Option<String>,
    timeout: Duration,
}

fn usage(program: &str) -> i32 {
    eprintln!(
        "usage: {program} [-X METHOD] [-H 'NAME: VALUE'] [-d DATA] [-o FILE] [--cacert FILE] \
         [--token-file FILE] [-k] [-f] [-L] [-i] [-s] [-m SECONDS] [-w FORMAT] URL"
    );
    2
}

fn job(args: &[String], follow: bool) -> Result<Job, String> {
    let mut job = Job {
        timeout: Duration::from_secs(30),
        follow,
        ..Job::default()
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let (flag, inline) = match arg.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag, Some(value.to_owned())),
            _ => (arg.as_str(), None),
        };
        let mut value = || {
            inline
                .clone()
                .or_else(|| rest.next().cloned())
                .ok_or(format!("{flag}: missing value"))
        };
        match flag {
            "-X" | "--request" => job.method = Some(value()?),
            "-H" | "--header" => job.headers.push(value()?),
            "-d" | "--data" | "--post-data" => job.body = Some(value()?.into_bytes()),
            "-o" | "-O" | "--output" | "--output-document" => job.output = Some(value()?),
            "--cacert" | "--ca-certificate" => job.authorities = Some(value()?),
            "--token-file" => {
                let file = value()?;
                let token = fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
                job.headers
                    .push(format!("Authorization: Bearer {}", token.trim()));
            }
            "-m" | "-T" | "--max-time" | "--connect-timeout" | "--timeout" => {
                let seconds = value()?;
                let parsed = seconds
                    .parse()
                    .ok()
                    .and_then(|s| Duration::try_from_secs_f64(s).ok());
                job.timeout = parsed
                    .filter(|timeout| !timeout.is_zero())
                    .ok_or(format!("{seconds}: bad time"))?;
            }
            "-w" | "--write-out" => job.write_out = Some(value()?),
            "-k" | "--insecure" | "--no-check-certificate" => job.insecure = true,
            "-f" | "--fail" => job.fail = true,
            "-L" | "--location" => job.follow = true,
            "-i" | "--include" => job.show_headers = true,
            "-s" | "-S" | "-q" | "--silent" | "--show-error" | "-v" => {}
            "-qO-" => job.output = Some("-".into()),
            letters if is_bundle(letters) => {
                job.fail |= letters.contains('f');
                job.follow |= letters.contains('L');
                job.insecure |= letters.contains('k');
                job.show_headers |= letters.contains('i');
            }
            other if other.starts_with('-') => return Err(format!("unknown option {other}")),
            url => job.url = url.to_owned(),
        }
    }
    if job.url.is_empty() {
        Err("missing URL".into())
    } else {
        Ok(job)
    }
}

/// `-sSfL` and the like.
fn is_bundle(text: &str) -> bool {
    text.len() > 2
        && !text.starts_with("--")
        && text
            .strip_prefix('-')
            .is_some_and(|t| t.chars().all(|c| "sSfLkiq".contains(c)))
}

/// Prints a document; any status will do unless `-f` is given.
pub(crate) fn curl(args: &[String]) -> i32 {
    match job(args, false) {
        Ok(job) => run("curl", &job, 22),
        Err(message) => {
            eprintln!("curl: {message}");
            usage("curl")
        }
    }
}

/// Fetches a document into a file named like it, or to where `-O` says; a bad status fails.
pub(crate) fn wget(args: &[String]) -> i32 {
    match job(args, true) {
        Ok(mut job) => {
            job.fail = true;
            if job.output.is_none() {
                let path = Url::parse(&job.url).map(|url| url.path).unwrap_or_default();
                let name = path
                    .split('?')
                    .next()
                    .and_then(|path| path.rsplit('/').next());
                let name = name.filter(|name| !name.is_empty()).unwrap_or("index.html");
                job.output = Some(name.to_owned());
            }
            run("wget", &job, 8)
        }
        Err(message) => {
            eprintln!("wget: {message}");
            usage("wget")
        }
    }
}

fn run(program: &str, job: &Job, bad_status: i32) -> i32 {
    let fetched = fetch(job);
    match fetched {
        Ok((status, body)) => {
            if job.fail && status >= 400 {
                eprintln!("{program}: {}: the server answered {status}", job.url);
                return bad_status;
            }
            match job.output.as_deref() {
                None | Some("-") => output::bytes(&body),
                Some(file) => {
                    if let Err(error) = fs::write(file, &body) {
                        return output::fail(program, file, &error);
                    }
                }
            }
            if let Some(format) = &job.write_out {
                let text = format.replace("%{http_code}", &status.to_string());
                output::print(&text.replace("\\n", "\n"));
            }
            0
        }
        Err(error) => {
            output::fail(program, &job.url, &error);
            if program == "curl" { 7 } else { 1 }
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Url {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

impl Url {
    fn parse(text: &str) -> io::Result<Self> {
        let bad = || io::Error::new(io::ErrorKind::InvalidInput, format!("bad URL {text:?}"));
        let (tls, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            Some(_) => return Err(bad()),
            None => (false, text),
        };
        let (authority, path) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        };
        let default = if tls { 443 } else { 80 };
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or_else(bad)?;
                (host, port.strip_prefix(':'))
            }
            None => match authority.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        let port = port.map_or(Ok(default), str::parse).map_err(|_| bad())?;
        if host.is_empty() {
            return Err(bad());
        }
        Ok(Self {
            tls,
            host: host.to_owned(),
            port,
            path,
        })
    }

    fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        if self.port == if self.tls { 443 } else { 80 } {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

fn connect(job: &Job, url: &Url) -> io::Result<Box<dyn Stream>> {
    let mut last = io::Error::other("no address");
    let mut connected = None;
    for address in dns::resolve(&url.host)? {
        match TcpStream::connect_timeout(&SocketAddr::new(address, url.port), job.timeout) {
            Ok(stream) => {
                connected = Some(stream);
                break;
            }
            Err(error) => last = error,
        }
    }
    let stream = connected.ok_or(last)?;
    stream.set_read_timeout(Some(job.timeout))?;
    stream.set_write_timeout(Some(job.timeout))?;
    if !url.tls {
        return Ok(Box::new(stream));
    }
    let name = ServerName::try_from(url.host.clone()).map_err(io::Error::other)?;
    let connection = ClientConnection::new(tls(job)?, name).map_err(io::Error::other)?;
    Ok(Box::new(StreamOwned::new(connection, stream)))
}

fn tls(job: &Job) -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    if job.insecure {
        let verifier = Arc::new(AnyServer(provider));
        let builder = builder
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        return Ok(Arc::new(builder.with_no_client_auth()));
    }
    let file = job.authorities.as_deref().unwrap_or(AUTHORITIES);
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file)
        .map_err(|error| io::Error::other(format!("{file}: {error}")))?;
    roots.add_parsable_certificates(certificates.filter_map(Result::ok));
    Ok(Arc::new(
        builder.with_root_certificates(roots).with_no_client_auth(),
    ))
}

fn fetch(job: &Job) -> io::Result<(u16, Vec<u8>)> {
    let mut url = Url::parse(&job.url)?;
    for _ in 0..REDIRECTS_MAX {
        let answer = exchange(job, &url)?;
        let redirected = (300..400).contains(&answer.status) && job.follow;
        let location = answer
            .headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case("location"));
        match location.filter(|_| redirected) {
            Some((_, to)) if to.starts_with('/') => url.path = to.clone(),
            Some((_, to)) => url = Url::parse(to)?,
            None => {
                let mut body = Vec::new();
                if job.show_headers {
                    body.extend_from_slice(format!("HTTP/1.1 {}\r\n", answer.status).as_bytes());
                    for (name, value) in &answer.headers {
                        body.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
                    }
                    body.extend_from_slice(b"\r\n");
                }
                body.extend(answer.body);
                return Ok((answer.status, body));
            }
        }
    }
    Err(io::Error::other("too many redirections"))
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn exchange(job: &Job, url: &Url) -> io::Result<Answer> {
    let mut stream = connect(job, url)?;
    let default = if job.body.is_some() { "POST" } else { "GET" };
    let method = job.method.as_deref().unwrap_or(default);
    let mut request = format!(
        "{method} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        url.path,
        url.authority()
    );
    let has = |name: &str| {
        job.headers.iter().any(|header| {
            header
                .split(':')
                .next()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        })
    };
    for (name, value) in [("User-Agent", "skeg-toolbox"), ("Accept", "*/*")] {
        if !has(name) {
            request += &format!("{name}: {value}\r\n");
        }
    }
    for header in &job.headers {
        request += &format!("{}\r\n", header.replace(['\r', '\n'], " "));
    }
    if let Some(body) = &job.body {
        if !has("Content-Type") {
            request += "Content-Type: application/x-www-form-urlencoded\r\n";
        }
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    request += "\r\n";
    stream.write_all(request.as_bytes())?;
    if let Some(body) = &job.body {
        stream.write_all(body)?;
    }
    stream.flush()?;
    read_answer(BufReader::new(stream), method == "HEAD")
}

fn read_answer(mut reader: BufReader<Box<dyn Stream>>, is_head: bool) -> io::Result<Answer> {
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "unreadable answer");
    let mut line = || -> io::Result<String> {
        let mut bytes = Vec::new();
        reader
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
    };
    let first = line()?;
    let status = first
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(bad)?;
    let mut headers = Vec::new();
    loop {
        let line = line()?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(bad)?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let header = |wanted: &str| {
        let found = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.clone())
    };
    let mut body = Vec::new();
    if is_head {
        return Ok(Answer {
            status,
            headers,
            body,
        });
    }
    if header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        loop {
            let mut size = String::new();
            reader.by_ref().take(LINE_BYTES_MAX).read_line(&mut size)?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| bad())?;
            let read = reader.by_ref().take(size).read_to_end(&mut body)?;
            if (read as u64) < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            reader.read_line(&mut String::new())?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = header("content-length") {
        let length: u64 = length.parse().map_err(|_| bad())?;
        let read = reader.take(length).read_to_end(&mut body)?;
        if (read as u64) < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    } else {
        match reader.read_to_end(&mut body) {
            // A server may close TLS without a word.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            other => drop(other?),
        }
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// Accepts every server: what `-k` asks for.
#[derive(Debug)]
struct AnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_parsed() {
        let check = |text: &str, expect: (bool, &str, u16, &str)| {
            let url = Url::parse(text).unwrap();
            assert_eq!(
                (url.tls, url.host.as_str(), url.port, url.path.as_str()),
                expect,
                "{text}"
            );
        };
        check("a", (false, "a", 80, "/"));
        check("http://a:8080/b?c", (false, "a", 8080, "/b?c"));
        check("https://[::1]:6443?x", (true, "::1", 6443, "/?x"));
        for bad in ["ftp://a", "http://", "http://a:x/"] {
            assert!(Url::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn options_are_read() {
        let list = |args: &[&str]| args.iter().map(|a| a.to_string()).collect::<Vec<_>>();
        let parsed = job(
            &list(&["-sSfk", "-H", "A: b", "--max-time=2", "http://x"]),
            false,
        )
        .unwrap();
        assert!(parsed.fail && parsed.insecure && !parsed.follow);
        assert_eq!(
            (parsed.timeout, parsed.headers),
            (Duration::from_secs(2), list(&["A: b"]))
        );
        assert!(
            job(&list(&["-s"]), false).is_err() && job(&list(&["--what", "x"]), false).is_err()
        );
    }
}
