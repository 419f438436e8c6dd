//! `nc`: a connection to or from anywhere.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use crate::{dns, output, servers};

/// `nc [-z] [-w SECONDS] HOST PORT`, `nc -l [-p] PORT`: standard input goes out, what comes goes
/// to standard output; `-z` only looks whether somebody listens.
pub(crate) fn applet(args: &[String]) -> i32 {
    let (mut check, mut listen, mut verbose, mut timeout) = (false, false, false, 10.0);
    let mut names = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            Some("w") => timeout = rest.next().and_then(|t| t.parse().ok()).unwrap_or(timeout),
            Some(letters) => {
                check |= letters.contains('z');
                listen |= letters.contains('l');
                verbose |= letters.contains('v');
            }
            None => names.push(arg.as_str()),
        }
    }
    let timeout = Duration::try_from_secs_f64(timeout).unwrap_or(Duration::from_secs(10));
    let connected = match names.as_slice() {
        [port] if listen => accept(port),
        [host, port] if !listen => connect(host, port, timeout),
        _ => {
            eprintln!("usage: nc [-z] [-v] [-w SECONDS] HOST PORT | nc -l PORT");
            return 2;
        }
    };
    match connected {
        Ok(_) if check => {
            if verbose {
                eprintln!("{} is open", names.join(":"));
            }
            0
        }
        Ok(stream) => exchange(stream),
        Err(error) => output::fail("nc", &names.join(":"), &error),
    }
}

fn accept(port: &str) -> io::Result<TcpStream> {
    servers::listen(port)?.accept().map(|(stream, _)| stream)
}

fn connect(host: &str, port: &str, timeout: Duration) -> io::Result<TcpStream> {
    let port = port.parse().map_err(|_| io::Error::other("bad port"))?;
    let mut last = io::Error::other("no address");
    for address in dns::resolve(host)? {
        match TcpStream::connect_timeout(&SocketAddr::new(address, port), timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn exchange(mut stream: TcpStream) -> i32 {
    let Ok(mut sending) = stream.try_clone() else {
        return 1;
    };
    thread::spawn(move || {
        // Each side may end on its own.
        let _ = io::copy(&mut io::stdin(), &mut sending).and_then(|_| sending.flush());
        let _ = sending.shutdown(Shutdown::Write);
    });
    let mut buffer = [0; 8192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return 0,
            Ok(length) => output::bytes(&buffer[..length]),
            Err(error) => return output::fail("nc", "read", &error),
        }
    }
}
