//! The memory in which one thread hashes: retained while there is work, released as soon as there is none.
//!
//! Retained, because a hash in fresh memory takes 23.7 ms where 14.5 ms suffice (measured). Released, because an idle
//! server should be small.
//!
//! Neither happens automatically. Freed memory goes back to the system only if the allocator had mapped it separately;
//! glibc learns to put blocks of up to 32 MiB on its heaps and to keep them there (release 2.36 lets aligned ones pile
//! up to 216 MB in a thread that frees 19 MiB after each of 60 hashes). So more than 32 MiB is requested, and only what
//! is needed is touched: addresses cost nothing.

use argon2::Block;

/// Blocks of 1 KiB above which every allocator maps memory separately.
const ALWAYS_MAPPED: usize = 33 * 1_024;

#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
}

impl Memory {
    /// At least `count` blocks, with the content of the last use; `None` if the system has no more.
    pub(super) fn lend(&mut self, count: usize) -> Option<&mut [Block]> {
        if self.blocks.capacity() < count {
            self.release();
            self.blocks.try_reserve_exact(count.max(ALWAYS_MAPPED)).ok()?;
        }
        if self.blocks.len() < count {
            self.blocks.resize(count, Block::new());
        }
        Some(&mut self.blocks)
    }

    /// Releases all of it to the system.
    pub(super) fn release(&mut self) {
        self.blocks = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_is_retained_and_is_released() {
        let mut memory = Memory::default();
        let first = memory.lend(8).unwrap().as_ptr();
        assert_eq!(memory.lend(64).unwrap().as_ptr(), first, "grown in place");
        assert_eq!(memory.lend(8).unwrap().as_ptr(), first, "retained");
        assert_eq!(memory.blocks.len(), 64, "no more is touched than was requested");
        assert!(memory.lend(ALWAYS_MAPPED + 1).unwrap().len() > ALWAYS_MAPPED);
        memory.release();
        assert_eq!(memory.blocks.capacity(), 0);
    }
}
