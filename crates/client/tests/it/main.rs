//! The client against a server that answers by script, over real sockets.

mod requests;
mod server;
mod tls;
mod watches;
