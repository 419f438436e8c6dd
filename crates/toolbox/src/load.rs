//! Programs that use more than they should: bad neighbours for tests.

use std::{
    hint::black_box,
    io::Write as _,
    os::unix::process::CommandExt as _,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{output, signals, text};

/// `burn-cpu [THREADS [SECONDS]]`.
pub(crate) fn burn_cpu(args: &[String]) -> i32 {
    signals::end_by_term();
    let threads: usize = args.first().and_then(|n| n.parse().ok()).unwrap_or(1);
    let end = match args.get(1).map(|_| text::duration(&args[1..])) {
        Some(Ok(Some(duration))) => Instant::now().checked_add(duration),
        _ => None,
    };
    let burn = move || {
        let mut number: u64 = 1;
        while end.is_none_or(|end| Instant::now() < end) {
            for _ in 0..100_000 {
                number = black_box(number.wrapping_mul(6_364_136_223_846_793_005) + 1);
            }
        }
    };
    let others: Vec<_> = (1..threads.min(1024))
        .map(|_| thread::spawn(burn))
        .collect();
    burn();
    for other in others {
        // A thread that panicked has burnt enough.
        let _ = other.join();
    }
    0
}

/// `eat-memory SIZE [SECONDS]`: takes memory, page by page, and holds it.
pub(crate) fn eat_memory(args: &[String]) -> i32 {
    signals::end_by_term();
    let Some(size) = args.first().and_then(|size| text::bytes(size)) else {
        eprintln!("usage: eat-memory SIZE [SECONDS]");
        return 2;
    };
    const STEP: usize = 1 << 20;
    let mut held: Vec<Vec<u8>> = Vec::new();
    let mut taken = 0;
    while taken < size {
        let mut block = vec![0; STEP];
        for page in block.chunks_mut(4096) {
            page[0] = 1;
        }
        held.push(black_box(block));
        taken += STEP as u64;
    }
    output::print(&format!("holding {taken} bytes\n"));
    match args.get(1).map(|_| text::duration(&args[1..])) {
        Some(Ok(Some(duration))) => thread::sleep(duration),
        _ => loop {
            thread::park();
        },
    }
    drop(black_box(held));
    0
}

/// `fork-bomb`: starts itself twice, without end.
pub(crate) fn fork_bomb(_: &[String]) -> i32 {
    loop {
        let started = Command::new("/proc/self/exe").arg0("fork-bomb").spawn();
        if started.is_err() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// `flood [BYTES]`: writes lines as fast as it can.
pub(crate) fn flood(args: &[String]) -> i32 {
    let most = args
        .first()
        .and_then(|size| text::bytes(size))
        .unwrap_or(u64::MAX);
    let line = format!(
        "{}\n",
        "the quick brown fox jumps over the lazy dog ".repeat(4)
    );
    let block = line.repeat(64);
    let mut stdout = std::io::stdout().lock();
    let mut written = 0;
    while written < most {
        if stdout.write_all(block.as_bytes()).is_err() {
            return 1;
        }
        written += block.len() as u64;
    }
    0
}

/// `write-file PATH SIZE`: writes a file of a size, and says how far it came.
pub(crate) fn write_file(args: &[String]) -> i32 {
    let [path, size] = args else {
        eprintln!("usage: write-file PATH SIZE");
        return 2;
    };
    let Some(size) = text::bytes(size) else {
        eprintln!("write-file: {size}: bad size");
        return 2;
    };
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(path)?;
        let block = vec![b'x'; 64 << 10];
        let mut left = size;
        while left > 0 {
            let length = left.min(block.len() as u64) as usize;
            file.write_all(&block[..length])?;
            left -= length as u64;
        }
        file.sync_all()
    };
    match write() {
        Ok(()) => 0,
        Err(error) => output::fail("write-file", path, &error),
    }
}
