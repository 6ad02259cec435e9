//! The hash of names.

use std::hash::{BuildHasher, Hasher};

/// Hashes names that the program chose itself: clients ask for names and add none, so none of them can make names that
/// collide, and the hash may be a simple one (FNV-1a).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameHash;

pub(super) struct Fnv(u64);

impl BuildHasher for NameHash {
    type Hasher = Fnv;

    fn build_hasher(&self) -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_hashes_that_are_published() {
        for (name, hash) in [("", 0xcbf2_9ce4_8422_2325), ("foobar", 0x8594_4171_f739_67e8)] {
            let mut hasher = NameHash.build_hasher();
            hasher.write(name.as_bytes());
            assert_eq!(hasher.finish(), hash, "{name}");
        }
    }
}
