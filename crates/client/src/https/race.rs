//! Reaching a host that has several addresses: they are tried one shortly after
//! another, families in turn, and the first connection wins ("happy eyeballs",
//! RFC 8305).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

/// How long an address has before the next is tried too.
const HEAD_START: Duration = Duration::from_millis(250);

/// The addresses with families in turn, beginning with that of the first.
fn in_turn(addresses: impl IntoIterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = addresses.into_iter().peekable();
    let first_is_v6 = addresses.peek().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::with_capacity(first.len() + second.len());
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

/// Connects to the first address that answers. An address that fails makes way
/// for the next at once. Dropping the future gives up all attempts.
///
/// # Errors
/// There is no address, or none answers: what the first that failed said.
pub(super) async fn first_of<T, C>(
    addresses: impl IntoIterator<Item = SocketAddr>,
    connect: impl Fn(SocketAddr) -> C,
) -> io::Result<T>
where
    C: Future<Output = io::Result<T>>,
{
    let mut waiting = in_turn(addresses).into_iter();
    let mut going = FuturesUnordered::new();
    let mut failure = None;
    loop {
        let next = waiting.next();
        let is_last = next.is_none();
        going.extend(next.map(&connect));
        let head_start = async {
            if is_last {
                std::future::pending().await
            } else {
                tokio::time::sleep(HEAD_START).await;
            }
        };
        tokio::select! {
            done = going.next() => match done {
                Some(Ok(connection)) => return Ok(connection),
                Some(Err(error)) => failure = failure.or(Some(error)),
                // Every attempt has ended, and no address is left.
                None => {
                    return Err(failure.unwrap_or_else(|| {
                        io::Error::new(io::ErrorKind::NotFound, "the name has no address")
                    }));
                }
            },
            () = head_start => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn families_take_turns() {
        let names = ["[::1]:1", "[::2]:1", "[::3]:1", "1.0.0.1:1", "1.0.0.2:1"];
        let expect = ["[::1]:1", "1.0.0.1:1", "[::2]:1", "1.0.0.2:1", "[::3]:1"];
        let turns = in_turn(names.map(address));
        assert_eq!(turns, expect.map(address));
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_does_not_hold_up_the_next() {
        let begun = tokio::time::Instant::now();
        let addresses = [address("[::1]:1"), address("1.0.0.1:1"), address("[::2]:1")];
        let reached = first_of(addresses, |address| async move {
            match address.ip().to_string().as_str() {
                "::1" => std::future::pending().await,
                "1.0.0.1" => Err(io::Error::other("refused")),
                _ => Ok(address),
            }
        })
        .await;
        // The silent one has its head start; the one that refuses has none.
        assert_eq!(reached.expect("reached"), address("[::2]:1"));
        assert_eq!(begun.elapsed(), HEAD_START);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_failure_is_told() {
        let refuse = |address: SocketAddr| async move {
            Err::<(), _>(io::Error::other(format!("{} refused", address.ip())))
        };
        let addresses = [address("1.0.0.1:1"), address("1.0.0.2:1")];
        let error = first_of(addresses, refuse).await.expect_err("refused");
        assert_eq!(error.to_string(), "1.0.0.1 refused");
        let error = first_of([], refuse).await.expect_err("nothing");
        assert_eq!(error.to_string(), "the name has no address");
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_address_may_still_win() {
        let begun = tokio::time::Instant::now();
        let slow = HEAD_START * 2;
        let addresses = [address("1.0.0.1:1"), address("1.0.0.2:1")];
        let reached = first_of(addresses, |address| async move {
            let takes = if address.ip().to_string() == "1.0.0.1" {
                slow
            } else {
                slow * 10
            };
            tokio::time::sleep(takes).await;
            Ok(address)
        })
        .await;
        assert_eq!(reached.expect("reached"), addresses[0]);
        assert_eq!(begun.elapsed(), slow);
    }
}
