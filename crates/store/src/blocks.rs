//! Whole blocks at block boundaries, in memory that is aligned as well: what a
//! file takes that is written past the page cache.

/// What the log writes at once, and at multiples of. No disk in use has larger
/// sectors.
pub(crate) const BLOCK: usize = 4096;

/// The buffer is given back when it was needed for more.
const KEEP_MAX: usize = 4 << 20;

/// The end of an append-only file, and a buffer to write it from.
///
/// The bytes since the last block boundary are kept, because the next append
/// writes them again: a block is the least that can be written.
#[derive(Default)]
pub(crate) struct Blocks {
    /// What stands between the last block boundary and the end.
    tail: Vec<u8>,
    memory: Vec<u8>,
}

impl Blocks {
    /// Blocks of a file that ends with `tail` after a boundary.
    pub(crate) fn ending_with(tail: &[u8]) -> Blocks {
        assert!(tail.len() < BLOCK, "the tail is less than a block");
        Blocks {
            tail: tail.to_vec(),
            memory: Vec::new(),
        }
    }

    /// The blocks that hold the tail and `data` after it, filled with zeros;
    /// they belong at the boundary before the end.
    pub(crate) fn with(&mut self, data: &[u8]) -> &[u8] {
        let head = self.tail.len();
        let end = head + data.len();
        let len = end.next_multiple_of(BLOCK);
        self.memory.clear();
        self.memory.resize(len + BLOCK, 0);
        let start = self.memory.as_ptr().align_offset(BLOCK);
        // Allowed by its contract, though it does not happen outside of constant
        // evaluation: then the blocks are right, and only not aligned.
        let start = if start < BLOCK { start } else { 0 };
        let blocks = &mut self.memory[start..start + len];
        blocks[..head].copy_from_slice(&self.tail);
        blocks[head..end].copy_from_slice(data);
        blocks
    }

    /// `data` has been written.
    pub(crate) fn appended(&mut self, data: &[u8]) {
        let end = self.tail.len() + data.len();
        let keep = end % BLOCK;
        if keep > data.len() {
            self.tail.extend_from_slice(data);
        } else {
            self.tail.clear();
            self.tail.extend_from_slice(&data[data.len() - keep..]);
        }
        if self.memory.capacity() > KEEP_MAX {
            self.memory = Vec::new();
        }
    }

    /// How many bytes there are since the last block boundary.
    pub(crate) fn tail_len(&self) -> usize {
        self.tail.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_what_a_file_would_hold() {
        let mut blocks = Blocks::default();
        let mut file: Vec<u8> = Vec::new();
        for (i, len) in [1, 4095, 4096, 8191, 10, 20, 4066, 0, 12288]
            .into_iter()
            .enumerate()
        {
            let data = vec![i as u8 + 1; len];
            let start = file.len() / BLOCK * BLOCK;
            assert_eq!(blocks.tail_len(), file.len() - start);
            file.extend_from_slice(&data);
            let written = blocks.with(&data);
            assert_eq!(written.as_ptr().align_offset(BLOCK), 0);
            assert_eq!(written.len() % BLOCK, 0);
            let (inside, filler) = written.split_at(file.len() - start);
            assert_eq!(inside, &file[start..]);
            assert!(filler.len() < BLOCK && filler.iter().all(|byte| *byte == 0));
            blocks.appended(&data);
        }
    }
}
