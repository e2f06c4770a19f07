//! Names for texts: equal texts have equal hashes, on every machine and in every version.

use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// XXH3 of 128 bits with seed 0, written as 32 hexadecimal digits, the highest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub u128);

impl Hash {
    /// Of the UTF-8 bytes of a text.
    pub fn of(text: &str) -> Hash {
        Hash(xxh3_128(text.as_bytes()))
    }

    /// Of several parts: each is preceded by its length in bytes, as 8 bytes, the lowest first.
    pub fn of_parts(parts: &[&[u8]]) -> Hash {
        let mut hasher = Xxh3::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Hash(hasher.digest128())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for Hash {
    type Err = String;

    fn from_str(text: &str) -> Result<Hash, String> {
        let digit = |number: Option<u128>, byte: u8| {
            let digit = char::from(byte).to_digit(16)?;
            Some(number? << 4 | u128::from(digit))
        };
        match text.bytes().fold(Some(0), digit) {
            Some(number) if text.len() == 32 => Ok(Hash(number)),
            _ => Err(format!("{text:?} is no hash of 32 hexadecimal digits")),
        }
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

/// Reads a value from the text it is written as, without a copy of that text.
pub(crate) fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct Parsed<T>(PhantomData<T>);
    impl<T: FromStr<Err: fmt::Display>> de::Visitor<'_> for Parsed<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Parsed(PhantomData))
}

/// For tables whose keys are random or hashed already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quick(u64);

impl BuildHasher for Quick {
    type Hasher = Quick;

    fn build_hasher(&self) -> Quick {
        Quick(0)
    }
}

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        // The table takes its place from the low bits and a check from the high ones: both must depend on all.
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.rotate_left(29) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u128(&mut self, number: u128) {
        self.write_u64((number >> 64) as u64 ^ number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_xxh3_everywhere() {
        // The value that the reference program `xxhsum -H2` gives for no bytes.
        assert_eq!(Hash::of("").to_string(), "99aa06d3014798d86001c324468d497f");
        assert_eq!("99aa06d3014798d86001c324468d497f".parse(), Ok(Hash::of("")));
        assert!("+9aa06d3014798d86001c324468d497f".parse::<Hash>().is_err());
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |a: &str, b: &str| Hash::of_parts(&[a.as_bytes(), b.as_bytes()]);
        assert_ne!(of("ab", "c"), of("a", "bc"));
        assert_ne!(of("", "a"), of("a", ""));
    }
}
