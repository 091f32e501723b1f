//! Argon2 hashes as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$salt$output`.
//!
//! New hashes are Argon2id; Argon2i and Argon2d of other programs can be checked as well. Parameters are bounded, so
//! that a planted hash can take neither gigabytes nor minutes.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use subtle::ConstantTimeEq;

use super::memory::Memory;

/// The most memory that a hash may require: 256 MiB.
pub(super) const MAX_MEMORY_KIB: u32 = 256 * 1_024;
/// The most work that a hash may require, as memory times passes: 1 GiB, some 400 ms.
pub(super) const MAX_WORK_KIB: u64 = 1_024 * 1_024;
/// The most lanes that a hash may require.
pub(super) const MAX_LANES: u32 = 16;

const SALT_LENGTH: usize = 16;
const OUTPUT_LENGTH: usize = 32;

/// The parameters that decide what a hash costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipe {
    algorithm: Algorithm,
    version: Version,
    parameters: Params,
}

/// A hash, and the parameters to compute it again.
#[derive(Clone)]
pub(super) struct Argon2Hash {
    recipe: Recipe,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Recipe {
    /// Argon2id in its present version.
    pub(super) fn new(memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        Self::bounded(Algorithm::Argon2id, Version::V0x13, memory_kib, passes, lanes)
    }

    fn bounded(algorithm: Algorithm, version: Version, memory_kib: u32, passes: u32, lanes: u32) -> Option<Self> {
        let work = u64::from(memory_kib) * u64::from(passes);
        if memory_kib > MAX_MEMORY_KIB || work > MAX_WORK_KIB || lanes > MAX_LANES {
            return None;
        }
        let parameters = Params::new(memory_kib, passes, lanes, None).ok()?;
        Some(Self { algorithm, version, parameters })
    }

    /// The hash of `password`; `None` if there is not enough memory.
    pub(super) fn hash(&self, password: &[u8], salt: [u8; SALT_LENGTH], memory: &mut Memory) -> Option<Argon2Hash> {
        let mut hash = Argon2Hash { recipe: self.clone(), salt: salt.into(), output: vec![0; OUTPUT_LENGTH] };
        hash.output = hash.output_for(password, memory)?;
        Some(hash)
    }

    /// A hash that matches no password, and costs as much to check as any.
    pub(super) fn decoy(&self) -> Argon2Hash {
        Argon2Hash { recipe: self.clone(), salt: vec![0; SALT_LENGTH], output: vec![0; OUTPUT_LENGTH] }
    }
}

impl Argon2Hash {
    /// Parses a PHC string; `None` if it is not one, or is out of bounds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('$').collect();
        let ["", algorithm, version, parameters, salt, output] = *parts else { return None };
        let version: u32 = version.strip_prefix("v=")?.parse().ok()?;
        let (memory_kib, parameters) = parameters.strip_prefix("m=")?.split_once(",t=")?;
        let (passes, lanes) = parameters.split_once(",p=")?;
        let recipe = Recipe::bounded(
            algorithm.parse().ok()?,
            version.try_into().ok()?,
            memory_kib.parse().ok()?,
            passes.parse().ok()?,
            lanes.parse().ok()?,
        )?;
        let salt = STANDARD_NO_PAD.decode(salt).ok().filter(|salt| (8..=64).contains(&salt.len()))?;
        // A short output would be matched by chance.
        let output = STANDARD_NO_PAD.decode(output).ok().filter(|output| (16..=64).contains(&output.len()))?;
        Some(Self { recipe, salt, output })
    }

    /// Whether it is the hash of `password`; `None` if there is not enough memory.
    pub(super) fn matches(&self, password: &[u8], memory: &mut Memory) -> Option<bool> {
        let output = self.output_for(password, memory)?;
        Some(output.ct_eq(&self.output).into())
    }

    /// Whether `recipe` would produce it today.
    pub(super) fn is_made_by(&self, recipe: &Recipe) -> bool {
        self.recipe == *recipe && self.salt.len() == SALT_LENGTH && self.output.len() == OUTPUT_LENGTH
    }

    fn output_for(&self, password: &[u8], memory: &mut Memory) -> Option<Vec<u8>> {
        let Recipe { algorithm, version, parameters } = self.recipe.clone();
        let blocks = memory.lend(parameters.block_count())?;
        let mut output = vec![0; self.output.len()];
        Argon2::new(algorithm, version, parameters)
            .hash_password_into_with_memory(password, &self.salt, &mut output, blocks)
            .ok()?;
        Some(output)
    }
}

/// Formats it as a PHC string.
impl fmt::Display for Argon2Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recipe { algorithm, version, parameters } = &self.recipe;
        let (memory_kib, passes, lanes) = (parameters.m_cost(), parameters.t_cost(), parameters.p_cost());
        let (salt, output) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(&self.output));
        write!(f, "${algorithm}$v={}$m={memory_kib},t={passes},p={lanes}${salt}${output}", u32::from(*version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `password` with the salt `somesalt`, from the tests of Argon2's reference implementation in C.
    const ONE_LANE: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    const TWO_LANES: &str = "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";
    const ARGON2I: &str = "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8";

    #[test]
    fn hashes_of_the_reference_implementation_are_checked_and_written_alike() {
        let mut memory = Memory::default();
        for text in [ONE_LANE, TWO_LANES, ARGON2I] {
            let hash = Argon2Hash::parse(text).expect(text);
            assert_eq!(hash.matches(b"password", &mut memory), Some(true), "{text}");
            assert_eq!(hash.matches(b"Password", &mut memory), Some(false), "{text}");
            assert_eq!(hash.to_string(), text);
        }
    }

    #[test]
    fn only_a_hash_of_the_same_recipe_is_current() {
        let recipe = Recipe::new(256, 2, 1).unwrap();
        let own = recipe.hash(b"password", *b"0123456789abcdef", &mut Memory::default()).unwrap();
        let read = Argon2Hash::parse(&own.to_string()).unwrap();
        assert!(read.is_made_by(&recipe) && recipe.decoy().is_made_by(&recipe));
        for other in [(257, 2, 1), (256, 3, 1), (256, 2, 2)] {
            assert!(!read.is_made_by(&Recipe::new(other.0, other.1, other.2).unwrap()), "{other:?}");
        }
        assert!(!Argon2Hash::parse(ONE_LANE).unwrap().is_made_by(&recipe), "its salt is shorter");
        assert!(!Argon2Hash::parse(&own.to_string().replace("2id", "2i")).unwrap().is_made_by(&recipe));
        assert!(!Argon2Hash::parse(&own.to_string().replace("v=19", "v=16")).unwrap().is_made_by(&recipe));
    }

    #[test]
    fn what_costs_too_much_or_is_no_phc_string_is_not_read() {
        let changed = |from, to| Argon2Hash::parse(&ONE_LANE.replace(from, to));
        assert!(changed("m=256,t=2", "m=262144,t=4").is_some(), "the most that is read");
        for (from, to) in [
            ("m=256", "m=262145"),
            ("m=256", "m=4294967295"),
            ("m=256", "m=4294967296"),
            ("m=256,t=2", "m=262144,t=5"),
            ("t=2", "t=4294967295"),
            ("t=2", "t=0"),
            ("p=1", "p=0"),
            ("p=1", "p=17"),
            ("p=1", "p=4294967295"),
            ("m=256", "m=7"),
            ("m=256", "m=-1"),
            ("v=19", "v=20"),
            ("v=19$", ""),
            ("argon2id", "argon2x"),
            (",t=2", ""),
            ("c29tZXNhbHQ", "c29t"),
            ("c29tZXNhbHQ", "c29tZXNhbHQ="),
            ("$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", ""),
            ("nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "nf65EOgLrQMR/uIPnA4r"),
            ("i/4", "i/4$"),
        ] {
            assert!(changed(from, to).is_none(), "{from} -> {to}");
        }
    }
}
