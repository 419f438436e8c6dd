//! Turning good requests into bad ones, the same way for the same seed.

/// Random numbers (splitmix64): every run can be repeated from its seed.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, or 0 when there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        (self.next() % bound as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// Whether one of `n` comes up.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What parsers stumble on.
const TOKENS: &[&str] = &[
    "null",
    "true",
    "{}",
    "[]",
    "[[",
    "{\"",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\udc00x",
    "0",
    "-0",
    "-1",
    "1e999",
    "1.5",
    "18446744073709551616",
    "-9223372036854775809",
    "9223372036854775807",
    "2147483648",
    "0.000000001",
    "NaN",
    "1Ei",
    "1e-30",
    "100m",
    "999999999999999999999Gi",
    ",",
    ":",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "🙂",
    "~",
    "a/b/c",
    "..",
    "%00",
    "%2f",
    "%",
    "&a *a",
    "!!binary",
    "<<: *x",
    "---\n",
    "? ",
    "| ",
    "2026-02-30T25:61:61Z",
    "0001-01-01T00:00:00Z",
    "PT1S",
    "10.0.0.256",
    "::1",
    "ffff::/129",
    "255.255.255.255/33",
    "f:metadata",
    "k:{}",
    "$patch",
    "$setElementOrder/containers",
    "$retainKeys",
    "$deleteFromPrimitiveList/finalizers",
    "replace",
    "delete",
    "-",
];

const DEEP: usize = 20_000;

/// Changes `bytes` in one to six places.
pub fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    if random.one_in(2) {
        // Well formed still, with values of other types.
        for _ in 0..=random.below(3) {
            replace_value(random, bytes);
        }
        return;
    }
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let length = random.below(24.min(bytes.len() - at + 1));
        match random.below(12) {
            0 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] ^= 1 << random.below(8);
            }
            1 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] = random.next() as u8;
            }
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].to_vec();
                insert(bytes, at, &piece);
            }
            4..=7 => {
                let token = random.pick(TOKENS);
                insert(bytes, at, token.as_bytes());
            }
            8 => replace_value(random, bytes),
            9 => bytes.truncate(at),
            10 if random.one_in(20) => {
                let open = random.pick(&["[", "{\"a\":", "- ", "\n  a:", "\u{a}\u{7f}"]);
                let deep = open.repeat(DEEP);
                insert(bytes, at, deep.as_bytes());
            }
            _ => {
                let noise: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
                insert(bytes, at, &noise);
            }
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    drop(bytes.splice(at..at, piece.iter().copied()));
}

/// Puts another value after some colon, so that the body stays well formed and its types do not.
fn replace_value(random: &mut Random, bytes: &mut Vec<u8>) {
    let colons: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b':').collect();
    if colons.is_empty() {
        return;
    }
    let start = colons[random.below(colons.len())] + 1;
    let end = bytes[start..]
        .iter()
        .position(|byte| matches!(byte, b',' | b'}' | b']' | b'\n'))
        .map_or(bytes.len(), |found| start + found);
    let value = random.pick(&[
        "null",
        "[]",
        "{}",
        "[null]",
        "{\"\":null}",
        "-1",
        "0",
        "9223372036854775807",
        "1.5",
        "1e300",
        "true",
        "\"\"",
        "\"x\"",
        "\"9999999999999999Ei\"",
        "\"-1\"",
        "\"2026-11-21T00:00:00Z\"",
        "[{}]",
        "[[]]",
        "\"10.0.0.1\"",
        "\"a b\"",
    ]);
    drop(bytes.splice(start..end, value.bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_mutations_again() {
        let run = |seed| {
            let mut random = Random(seed);
            let mut all = Vec::new();
            for _ in 0..500 {
                let mut body = br#"{"kind":"Pod","spec":{"containers":[{"name":"c"}]}}"#.to_vec();
                mutate(&mut random, &mut body);
                all.push(body);
            }
            all
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn an_empty_body_can_be_mutated() {
        let mut random = Random(1);
        for _ in 0..200 {
            let mut body = Vec::new();
            mutate(&mut random, &mut body);
        }
    }
}
