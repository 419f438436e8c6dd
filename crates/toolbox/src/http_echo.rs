//! `http-echo`: an HTTP server that tells who it is and what it was asked.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    output,
    servers::{listen, option, serve},
    signals, system, text,
};

const LINE_BYTES_MAX: u64 = 16 << 10;
const HEADERS_MAX: usize = 128;
const BODY_BYTES_MAX: u64 = 8 << 20;
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

const USAGE: &str = "usage: http-echo [--port N] [--text TEXT] [--drain SECONDS] [--quiet]

Answers every request with its host name, method, path, peer and headers. Paths with a meaning:
/healthz (ok, 503 while it ends), /status/CODE, /delay/SECONDS, /hostname, /env, /body.
The port is 8080, or $PORT. TERM ends it: it goes on for --drain seconds (1) closing connections.
";

struct Server {
    hostname: String,
    text: Option<String>,
    quiet: bool,
    ending: AtomicBool,
}

pub(crate) fn applet(args: &[String]) -> i32 {
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        output::print(USAGE);
        return 0;
    }
    let mask = signals::block_ending();
    let port = option(args, "port", "PORT", "8080");
    let drain = text::duration(&[option(args, "drain", "DRAIN", "1")]);
    let drain = drain.ok().flatten().unwrap_or(Duration::from_secs(1));
    let text = option(args, "text", "TEXT", "");
    let server = Arc::new(Server {
        hostname: system::host_name(),
        text: (!text.is_empty()).then_some(text),
        quiet: args.iter().any(|arg| arg == "--quiet"),
        ending: AtomicBool::new(false),
    });
    let listener = match listen(&port) {
        Ok(listener) => listener,
        Err(error) => return output::fail("http-echo", &format!("port {port}"), &error),
    };
    let open = Arc::new(AtomicUsize::new(0));
    let (serving, counter) = (server.clone(), open.clone());
    thread::spawn(move || {
        serve(&listener, &counter, move |stream| {
            // A peer that breaks off is its own affair.
            let _ = serving.connection(stream);
        });
    });
    output::print(&format!(
        "http-echo on {} listens on port {port}\n",
        server.hostname
    ));
    let signal = mask.wait();
    server.ending.store(true, Ordering::Release);
    if let Ok(signal) = signal {
        output::print(&format!("got {}, ending\n", signal.as_str()));
    }
    // Whoever has not heard yet that we go is served still.
    let end = Instant::now() + drain;
    while Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    0
}

struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    keep_alive: bool,
}

impl Server {
    fn connection(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(IDLE_TIMEOUT))?;
        stream.set_nodelay(true)?;
        let peer = stream.peer_addr()?.to_string();
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut writer = stream;
        loop {
            let request = match read_request(&mut reader)? {
                None => return Ok(()),
                Some(Err(reason)) => {
                    return write_response(&mut writer, 400, reason.as_bytes(), false, false);
                }
                Some(Ok(request)) => request,
            };
            let (status, body) = self.answer(&request, &peer);
            if !self.quiet {
                output::print(&format!(
                    "{peer} {} {} {status}\n",
                    request.method, request.path
                ));
            }
            let keep_alive = request.keep_alive && !self.ending.load(Ordering::Acquire);
            let is_head = request.method == "HEAD";
            write_response(&mut writer, status, &body, keep_alive, is_head)?;
            if !keep_alive {
                return Ok(());
            }
        }
    }

    fn answer(&self, request: &Request, peer: &str) -> (u16, Vec<u8>) {
        let path = request.path.split('?').next().unwrap_or_default();
        if path == "/healthz" {
            return match self.ending.load(Ordering::Acquire) {
                false => (200, b"ok\n".to_vec()),
                true => (503, b"ending\n".to_vec()),
            };
        }
        if path == "/hostname" {
            return (200, format!("{}\n", self.hostname).into_bytes());
        }
        if path == "/body" {
            return (200, request.body.clone());
        }
        if path == "/env" {
            let lines: String = std::env::vars_os()
                .map(|(n, v)| format!("{}={}\n", n.to_string_lossy(), v.to_string_lossy()))
                .collect();
            return (200, lines.into_bytes());
        }
        let mut status = 200;
        if let Some(code) = path
            .strip_prefix("/status/")
            .and_then(|code| code.parse().ok())
        {
            status = code;
        }
        if let Some(seconds) = path.strip_prefix("/delay/")
            && let Ok(Some(delay)) = text::duration(&[seconds.to_owned()])
        {
            thread::sleep(delay.min(Duration::from_secs(600)));
        }
        if let Some(text) = &self.text {
            return (status, format!("{text}\n").into_bytes());
        }
        let mut body = format!(
            "hostname: {}\nmethod: {}\npath: {}\npeer: {peer}\n",
            self.hostname, request.method, request.path
        );
        for (name, value) in &request.headers {
            body += &format!("header {name}: {value}\n");
        }
        (status, body.into_bytes())
    }
}

/// A line without its end; `None` at the end of the connection.
fn read_line(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    reader
        .by_ref()
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
}

type Read = Option<Result<Request, &'static str>>;

fn read_request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Read> {
    let Some(line) = read_line(reader)? else {
        return Ok(None);
    };
    let mut words = line.split(' ');
    let (Some(method), Some(path), Some(version)) = (words.next(), words.next(), words.next())
    else {
        return Ok(Some(Err("bad request line\n")));
    };
    let mut headers = Vec::new();
    loop {
        let Some(line) = read_line(reader)? else {
            return Ok(None);
        };
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Ok(Some(Err("bad header\n")));
        };
        if headers.len() == HEADERS_MAX {
            return Ok(Some(Err("too many headers\n")));
        }
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let header = |wanted: &str| {
        let found = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    let connection = header("connection")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let keep_alive = match version {
        "HTTP/1.1" => !connection.contains("close"),
        _ => connection.contains("keep-alive"),
    };
    let mut body = Vec::new();
    if header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        loop {
            let Some(size) = read_line(reader)? else {
                return Ok(None);
            };
            let size = size.split(';').next().unwrap_or_default();
            let Ok(size) = u64::from_str_radix(size, 16) else {
                return Ok(Some(Err("bad chunk\n")));
            };
            if body.len() as u64 + size > BODY_BYTES_MAX {
                return Ok(Some(Err("body too long\n")));
            }
            reader.by_ref().take(size).read_to_end(&mut body)?;
            read_line(reader)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = header("content-length") {
        match length.parse() {
            Ok(length) if length <= BODY_BYTES_MAX => {
                if header("expect").is_some_and(|value| value.contains("100-continue")) {
                    reader
                        .get_mut()
                        .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
                }
                reader.by_ref().take(length).read_to_end(&mut body)?;
            }
            _ => return Ok(Some(Err("body too long\n"))),
        }
    }
    let (method, path) = (method.to_owned(), path.to_owned());
    Ok(Some(Ok(Request {
        method,
        path,
        headers,
        body,
        keep_alive,
    })))
}

fn write_response(
    writer: &mut TcpStream,
    status: u16,
    body: &[u8],
    keep_alive: bool,
    is_head: bool,
) -> std::io::Result<()> {
    let status = if (200..=599).contains(&status) {
        status
    } else {
        400
    };
    let reason = match status {
        200 => "OK",
        404 => "Not Found",
        503 => "Service Unavailable",
        _ => "Answer",
    };
    let connection = if keep_alive { "keep-alive" } else { "close" };
    let mut response = format!(
        "HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: {connection}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    if !is_head {
        response.extend_from_slice(body);
    }
    writer.write_all(&response)
}
