use super::*;

async fn next(io: &mut DuplexStream, decoder: &mut Decoder, received: &mut BytesMut) -> Frame {
    loop {
        if let Some(frame) = decoder.decode(received).unwrap() {
            return frame;
        }
        assert!(
            io.read_buf(received).await.unwrap() > 0,
            "the connection ended"
        );
    }
}

#[tokio::test]
async fn a_stream_is_accepted_and_carries_content_both_ways() {
    let (mut peer, served) = duplex(1 << 16);
    let mut streams = accept(served);
    let (mut encoder, mut decoder, mut received) =
        (Encoder::new().unwrap(), Decoder::new(), BytesMut::new());
    let mut out = BytesMut::new();
    encoder
        .syn_stream(1, &[("streamtype", "data"), ("port", "80")], &mut out)
        .unwrap();
    frame::data(1, true, b"question", &mut out);
    peer.write_all(&out).await.unwrap();

    let mut stream = streams.recv().await.unwrap();
    assert_eq!(stream.header("streamType"), Some("data"));
    let mut asked = String::new();
    stream.io.read_to_string(&mut asked).await.unwrap();
    assert_eq!(asked, "question");
    stream.io.write_all(b"answer").await.unwrap();
    stream.io.shutdown().await.unwrap();

    assert_eq!(
        next(&mut peer, &mut decoder, &mut received).await,
        Frame::SynReply { id: 1, fin: false }
    );
    let mut answer = Vec::new();
    loop {
        let Frame::Data {
            id: 1,
            fin,
            content,
        } = next(&mut peer, &mut decoder, &mut received).await
        else {
            panic!("another frame")
        };
        answer.extend_from_slice(&content);
        if fin {
            break;
        }
    }
    assert_eq!(answer, b"answer");
}

#[tokio::test]
async fn a_broken_peer_ends_its_connection_only() {
    let (mut peer, served) = duplex(1 << 16);
    let mut streams = accept(served);
    peer.write_all(&[0x80, 9, 0, 1, 0, 0, 0, 0]).await.unwrap();
    assert!(streams.recv().await.is_none());
}

#[tokio::test]
async fn both_ends_of_a_connection_understand_each_other() {
    let (client, served) = duplex(1 << 16);
    let mut streams = accept(served);
    let connection = connect(client);
    for n in 0..3 {
        let id = n.to_string();
        let headers = [("streamType", "data"), ("requestID", id.as_str())];
        let (opened, accepted) = tokio::join!(connection.open(&headers), streams.recv());
        let (mut ours, mut theirs) = (opened.unwrap(), accepted.unwrap());
        assert_eq!(theirs.header("requestID"), Some(id.as_str()));
        let long = vec![b'a'; 300_000];
        let sending = async {
            ours.io.write_all(&long).await.unwrap();
            ours.io.shutdown().await.unwrap();
        };
        let mut got = Vec::new();
        let (received, ()) = tokio::join!(theirs.io.read_to_end(&mut got), sending);
        received.unwrap();
        assert!(got == long);
        theirs.io.write_all(b"thanks").await.unwrap();
        drop(theirs);
        let mut answer = String::new();
        ours.io.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "thanks");
    }
    drop(connection);
    assert!(streams.recv().await.is_none(), "the connection is closed");
}

#[tokio::test]
async fn a_peer_that_goes_ends_every_stream() {
    let (client, served) = duplex(1 << 16);
    let mut streams = accept(served);
    let connection = connect(client);
    let (opened, accepted) = tokio::join!(connection.open(&[]), streams.recv());
    drop(streams);
    drop(accepted);
    let mut rest = Vec::new();
    opened.unwrap().io.read_to_end(&mut rest).await.unwrap();
    assert!(rest.is_empty());
    let (client, served) = duplex(1 << 16);
    let connection = connect(client);
    drop(served);
    connection.closed().await;
    assert!(connection.open(&[]).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_gives_no_sign_of_life_is_given_up() {
    // It is connected, and neither says nor hears anything.
    let (client, _peer) = duplex(1 << 16);
    let connection = connect(client);
    let error = connection.open(&[]).await.err().expect("nobody accepts it");
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    tokio::time::timeout(SILENCE_MAX, connection.closed())
        .await
        .expect("it is given up");
    let error = connection.open(&[]).await.err().expect("it is over");
    assert_eq!(
        error.to_string(),
        "the connection broke: the peer gives no sign of life"
    );
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_alive() {
    let (client, served) = duplex(1 << 16);
    let mut streams = accept(served);
    let connection = connect(client);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let (opened, accepted) = tokio::join!(connection.open(&[]), streams.recv());
    assert!(opened.is_ok() && accepted.is_some());
}

#[tokio::test(start_paused = true)]
async fn pings_go_out_all_the_time() {
    let (client, mut peer) = duplex(1 << 16);
    let _connection = connect(client);
    let (mut decoder, mut received) = (Decoder::new(), BytesMut::new());
    let begun = tokio::time::Instant::now();
    for n in 0..4 {
        let frame = next(&mut peer, &mut decoder, &mut received).await;
        assert_eq!(frame, Frame::Ping { id: 2 * n + 1 });
    }
    assert_eq!(begun.elapsed(), 4 * PING_INTERVAL);
}

#[tokio::test(start_paused = true)]
async fn content_that_nobody_takes_is_no_lack_of_life() {
    // The peer reads no more: what it was sent stands in its way.
    let (client, peer) = duplex(64);
    let connection = Arc::new(connect(client));
    let (opened, peer) = {
        let opening = tokio::spawn({
            let connection = Arc::clone(&connection);
            async move { connection.open(&[]).await }
        });
        let mut peer = peer;
        let (mut decoder, mut received) = (Decoder::new(), BytesMut::new());
        let frame = next(&mut peer, &mut decoder, &mut received).await;
        assert!(matches!(frame, Frame::SynStream { id: 1, .. }));
        let (mut encoder, mut out) = (Encoder::new().unwrap(), BytesMut::new());
        encoder.syn_reply(1, &mut out).unwrap();
        peer.write_all(&out).await.unwrap();
        (opening.await.unwrap(), peer)
    };
    let mut stream = opened.unwrap();
    stream.io.write_all(&[b'x'; 1000]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(!connection.is_closed());
    drop(peer);
    connection.closed().await;
}

#[tokio::test]
async fn what_is_missing_is_told_from_an_end() {
    // By the peer's FIN, by its RST_STREAM, and by the connection.
    for (fin, reset) in [(true, false), (false, true), (false, false)] {
        let (client, mut peer) = duplex(1 << 16);
        let connection = connect(client);
        let (mut decoder, mut received) = (Decoder::new(), BytesMut::new());
        let answer = async {
            next(&mut peer, &mut decoder, &mut received).await;
            let (mut encoder, mut out) = (Encoder::new().unwrap(), BytesMut::new());
            encoder.syn_reply(1, &mut out).unwrap();
            frame::data(1, fin, b"some", &mut out);
            if reset {
                frame::reset(1, CANCEL, &mut out);
            }
            peer.write_all(&out).await.unwrap();
        };
        let (opened, ()) = tokio::join!(connection.open(&[]), answer);
        drop(peer);
        let mut stream = opened.unwrap();
        let mut content = String::new();
        stream.io.read_to_string(&mut content).await.unwrap();
        assert_eq!(content, "some");
        let broken = stream.ending().broken().map(|error| error.to_string());
        let expect = match (fin, reset) {
            (true, _) => None,
            (_, true) => Some("the peer broke the stream off"),
            _ => Some("the peer closed the connection"),
        };
        assert_eq!(broken.as_deref(), expect);
    }
}
