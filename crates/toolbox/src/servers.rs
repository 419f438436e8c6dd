//! Servers that say what they hear.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{output, signals};

/// The most connections that one server holds at a time.
pub(crate) const CONNECTIONS_MAX: usize = 512;
/// A connection's thread needs little.
pub(crate) const STACK_BYTES: usize = 128 << 10;

/// `--NAME VALUE`, else a variable, else a default.
pub(crate) fn option(args: &[String], name: &str, variable: &str, default: &str) -> String {
    let flag = format!("--{name}");
    for (at, arg) in args.iter().enumerate() {
        if let Some(value) = arg.strip_prefix(&flag) {
            if let Some(value) = value.strip_prefix('=') {
                return value.to_owned();
            }
            if value.is_empty() && at + 1 < args.len() {
                return args[at + 1].clone();
            }
        }
    }
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}

/// Listens on a port of every address; on IPv4 alone where there is no IPv6.
pub(crate) fn listen(port: &str) -> std::io::Result<TcpListener> {
    TcpListener::bind(format!("[::]:{port}"))
        .or_else(|_| TcpListener::bind(format!("0.0.0.0:{port}")))
}

/// Serves each connection in a thread of its own, as many as are allowed; others are closed.
pub(crate) fn serve(
    listener: &TcpListener,
    open: &Arc<AtomicUsize>,
    connection: impl Fn(TcpStream) + Clone + Send + 'static,
) {
    for stream in listener.incoming().flatten() {
        if open.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS_MAX {
            open.fetch_sub(1, Ordering::AcqRel);
            continue;
        }
        let (open_then, connection) = (open.clone(), connection.clone());
        let started = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn(move || {
                connection(stream);
                open_then.fetch_sub(1, Ordering::AcqRel);
            });
        if started.is_err() {
            open.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// `tcp-echo [--port N]`: sends back what comes.
pub(crate) fn tcp_echo(args: &[String]) -> i32 {
    let ending = signals::block_ending();
    let port = option(args, "port", "PORT", "7");
    let listener = match listen(&port) {
        Ok(listener) => listener,
        Err(error) => return output::fail("tcp-echo", &port, &error),
    };
    thread::spawn(move || {
        serve(&listener, &Arc::default(), |mut stream| {
            let mut buffer = [0; 8192];
            while let Ok(length) = stream.read(&mut buffer) {
                if length == 0 || stream.write_all(&buffer[..length]).is_err() {
                    return;
                }
            }
        });
    });
    output::print(&format!("tcp-echo listens on port {port}\n"));
    let _ = ending.wait();
    0
}

/// `udp-echo [--port N]`: sends back what comes.
pub(crate) fn udp_echo(args: &[String]) -> i32 {
    let ending = signals::block_ending();
    let port = option(args, "port", "PORT", "7");
    let socket = UdpSocket::bind(format!("[::]:{port}"))
        .or_else(|_| UdpSocket::bind(format!("0.0.0.0:{port}")));
    let socket = match socket {
        Ok(socket) => socket,
        Err(error) => return output::fail("udp-echo", &port, &error),
    };
    thread::spawn(move || {
        let mut buffer = [0; 65_535];
        loop {
            if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                // Whoever cannot be reached does not wait for it.
                let _ = socket.send_to(&buffer[..length], from);
            }
        }
    });
    output::print(&format!("udp-echo listens on port {port}\n"));
    let _ = ending.wait();
    0
}
