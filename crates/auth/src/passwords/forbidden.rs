//! A list of passwords that no one may set, as a filter: an xor filter of 16 bits a password.
//!
//! The filter finds every password of the list, and one of 65 536 others. It holds no passwords, but shows whether a given
//! one is in the list. Passwords are compared in NFC and in lower case.
//!
//! A file begins with a line of text that names its version, then has the number of passwords, the number of parts, and
//! the parts; all numbers are little-endian. At its end is the SHA-256 of the rest.

use std::io::{self, BufRead, Read, Write};

use sha2::{Digest, Sha256};
use xorf::{Filter, Xor16};
use zeroize::Zeroizing;

use super::MAX_CHARACTERS;
use super::form::composed;

/// The beginning of every version's files.
const NAME: &[u8] = b"vestibule forbidden passwords ";

/// The version of the format.
const VERSION: u8 = b'1';

/// How many passwords a part of the filter has, about: building a part takes some 130 bytes for each.
const PART: usize = 1 << 20;

/// The most parts of a file.
const MOST_PARTS: u32 = 1 << 16;

/// The most slots of a block; a part has three blocks. Parts have up to 1.23 slots for each password, and differ in size.
const MOST_SLOTS: u64 = 1 << 24;

/// The longest line, in bytes: a password of [`MAX_CHARACTERS`] with a line break.
const LONGEST_LINE: u64 = MAX_CHARACTERS as u64 * 4 + 2;

/// A list of forbidden passwords.
pub struct ForbiddenPasswords {
    /// Each has the passwords whose keys begin with its number.
    parts: Vec<Xor16>,
    count: u64,
}

/// A list that cannot be made a filter.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForbiddenListError {
    /// The list cannot be read.
    #[error("the list cannot be read")]
    Read(#[source] io::Error),
    /// A line is not UTF-8.
    #[error("line {line} is not UTF-8: convert the file to UTF-8, or remove the line")]
    NotUtf8 {
        /// The line, from 1 on.
        line: u64,
    },
    /// A line is longer than any password.
    #[error("line {line} is longer than a password can be ({MAX_CHARACTERS} characters): write one password per line")]
    TooLong {
        /// The line, from 1 on.
        line: u64,
    },
    /// There is no password in it.
    #[error("the list has no passwords: write one password per line")]
    Empty,
}

/// A file that is no filter.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForbiddenFileError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Read(#[source] io::Error),
    /// It is another kind of file, such as the list itself.
    #[error("it is no filter: make one from a list of passwords with `vestibule passwords build-filter`")]
    NotAFilter,
    /// Another version wrote it.
    #[error("another version of Vestibule wrote it: make it again with `vestibule passwords build-filter`")]
    OtherVersion,
    /// It was cut off or changed.
    #[error("it is damaged: copy it again, or make it again with `vestibule passwords build-filter`")]
    Damaged,
}

impl ForbiddenPasswords {
    /// Makes a filter from a list: UTF-8, one password a line. Empty lines and a byte order mark are left out; nothing
    /// else is. Takes 8 bytes a password, and 130 MB besides.
    ///
    /// # Errors
    ///
    /// [`ForbiddenListError`], with the line that is wrong.
    pub fn build(mut list: impl BufRead) -> Result<Self, ForbiddenListError> {
        let mut keys = Vec::new();
        let mut line = Zeroizing::new(Vec::new());
        for number in 1.. {
            line.clear();
            let read = list.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line);
            if read.map_err(ForbiddenListError::Read)? == 0 {
                break;
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            let text = if number == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) } else { text };
            if line.len() as u64 > LONGEST_LINE {
                return Err(ForbiddenListError::TooLong { line: number });
            }
            let text = str::from_utf8(text).map_err(|_| ForbiddenListError::NotUtf8 { line: number })?;
            if text.chars().nth(MAX_CHARACTERS).is_some() {
                return Err(ForbiddenListError::TooLong { line: number });
            }
            if !text.is_empty() {
                keys.push(key(text));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Err(ForbiddenListError::Empty);
        }
        let parts = keys.len().div_ceil(PART).next_power_of_two();
        let mut rest = keys.as_slice();
        let parts = (0..parts).map(|part| {
            let (keys, after) = rest.split_at(rest.partition_point(|key| part_of(*key, parts) <= part));
            rest = after;
            Xor16::from(keys)
        });
        Ok(Self { parts: parts.collect(), count: keys.len() as u64 })
    }

    /// How many passwords are in it.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether a password is in the list. One of 65 536 others seems to be.
    pub fn contains(&self, password: &str) -> bool {
        let key = key(password);
        self.parts.get(part_of(key, self.parts.len())).is_some_and(|part| part.contains(&key))
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// The error of the writer.
    pub fn write(&self, file: impl Write) -> io::Result<()> {
        let mut file = Summed { inner: file, sum: Sha256::new() };
        file.write_all(NAME)?;
        file.write_all(&[VERSION, b'\n'])?;
        file.write_all(&self.count.to_le_bytes())?;
        file.write_all(&(self.parts.len() as u32).to_le_bytes())?;
        for part in &self.parts {
            file.write_all(&part.seed.to_le_bytes())?;
            file.write_all(&(part.block_length as u64).to_le_bytes())?;
            for some in part.fingerprints.chunks(4_096) {
                let bytes: Vec<u8> = some.iter().flat_map(|fingerprint| fingerprint.to_le_bytes()).collect();
                file.write_all(&bytes)?;
            }
        }
        let Summed { mut inner, sum } = file;
        inner.write_all(&sum.finalize())?;
        inner.flush()
    }

    /// Reads a file, and checks that it is whole.
    ///
    /// # Errors
    ///
    /// [`ForbiddenFileError`].
    pub fn read(file: impl Read) -> Result<Self, ForbiddenFileError> {
        let mut file = Summed { inner: file, sum: Sha256::new() };
        let mut head = [0; NAME.len() + 2];
        let complete = file.inner.read_exact(&mut head);
        match complete {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(ForbiddenFileError::NotAFilter),
            Err(error) => return Err(ForbiddenFileError::Read(error)),
            Ok(()) => file.sum.update(head),
        }
        match head.strip_prefix(NAME) {
            Some([VERSION, b'\n']) => {}
            Some(_) => return Err(ForbiddenFileError::OtherVersion),
            None => return Err(ForbiddenFileError::NotAFilter),
        }
        let count = u64::from_le_bytes(file.bytes()?);
        let parts = u32::from_le_bytes(file.bytes()?);
        if !parts.is_power_of_two() || parts > MOST_PARTS {
            return Err(ForbiddenFileError::Damaged);
        }
        let parts = (0..parts).map(|_| file.part()).collect::<Result<_, _>>()?;
        let sum: [u8; 32] = file.sum.clone().finalize().into();
        let is_whole = file.bytes::<32>()? == sum;
        let is_over = file.inner.read(&mut [0]).map_err(ForbiddenFileError::Read)? == 0;
        if is_whole && is_over { Ok(Self { parts, count }) } else { Err(ForbiddenFileError::Damaged) }
    }
}

impl std::fmt::Debug for ForbiddenPasswords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ForbiddenPasswords").field("count", &self.count).finish_non_exhaustive()
    }
}

/// A reader or writer of a file, with the sum of what has passed.
struct Summed<T> {
    inner: T,
    sum: Sha256,
}

impl<T: Write> Summed<T> {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }
}

impl<T: Read> Summed<T> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ForbiddenFileError> {
        match self.inner.read_exact(bytes) {
            Ok(()) => {
                self.sum.update(&*bytes);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(ForbiddenFileError::Damaged),
            Err(error) => Err(ForbiddenFileError::Read(error)),
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], ForbiddenFileError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// A damaged length costs no more memory than the file has bytes.
    fn part(&mut self) -> Result<Xor16, ForbiddenFileError> {
        let seed = u64::from_le_bytes(self.bytes()?);
        let length = u64::from_le_bytes(self.bytes()?);
        if length == 0 || length > MOST_SLOTS {
            return Err(ForbiddenFileError::Damaged);
        }
        let block_length = usize::try_from(length).map_err(|_| ForbiddenFileError::Damaged)?;
        let mut fingerprints = Vec::new();
        let mut buffer = [0; 8_192];
        let mut missing = block_length * 3;
        while missing > 0 {
            let some = missing.min(buffer.len() / 2);
            let bytes = buffer.get_mut(..some * 2).unwrap_or_default();
            self.fill(bytes)?;
            fingerprints.extend(bytes.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)));
            missing -= some;
        }
        Ok(Xor16 { seed, block_length, fingerprints: fingerprints.into() })
    }
}

/// The key of a password in the filter.
fn key(password: &str) -> u64 {
    let lower = Zeroizing::new(composed(password).to_lowercase());
    let digest: [u8; 32] = Sha256::digest(composed(&lower).as_bytes()).into();
    digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The part of a key: as many of its first bits as number the parts, a power of two.
fn part_of(key: u64, parts: usize) -> usize {
    ((u128::from(key) * parts as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(list: &str) -> ForbiddenPasswords {
        ForbiddenPasswords::build(list.as_bytes()).unwrap()
    }

    fn file_of(filter: &ForbiddenPasswords) -> Vec<u8> {
        let mut file = Vec::new();
        filter.write(&mut file).unwrap();
        file
    }

    fn numbered(count: u32) -> String {
        (0..count).map(|number| format!("forbidden-{number}\n")).collect()
    }

    #[test]
    fn every_password_of_the_list_is_found_and_hardly_another() {
        let filter = built(&numbered(20_000));
        let filter = ForbiddenPasswords::read(file_of(&filter).as_slice()).unwrap();
        assert_eq!(filter.count(), 20_000);
        assert!((0..20_000).all(|number| filter.contains(&format!("forbidden-{number}"))));
        let others = (0..200_000).filter(|number| filter.contains(&format!("other-{number}"))).count();
        assert!(others < 16, "one of 65 536 is expected: {others}");
    }

    #[test]
    fn a_filter_has_as_many_parts_as_it_needs() {
        let keys: Vec<u64> = (0..4_u64).map(|part| (part << 62) + 7).collect();
        for (part, key) in keys.iter().enumerate() {
            assert_eq!((part_of(*key, 1), part_of(*key, 4)), (0, part));
        }
        assert_eq!(part_of(u64::MAX, 4), 3);
        let parts = keys.iter().map(|key| Xor16::from(&[*key][..])).collect();
        let filter = ForbiddenPasswords { parts, count: 4 };
        let read = ForbiddenPasswords::read(file_of(&filter).as_slice()).unwrap();
        assert_eq!((read.parts.len(), read.count()), (4, 4));
        assert!(keys.iter().enumerate().all(|(part, key)| read.parts[part].contains(key)));
    }

    #[test]
    fn passwords_are_compared_in_one_form() {
        let filter = built("Pa\u{308}sswort\r\n\u{feff}second\r\n\r\n  spaced  \nlast");
        for password in ["pässwort", "PÄSSWORT", "pa\u{308}sswort", "\u{feff}second", "  spaced  ", "LAST"] {
            assert!(filter.contains(password), "{password:?}");
        }
        for password in ["passwort", "second", "spaced", "last\r", ""] {
            assert!(!filter.contains(password), "{password:?}");
        }
        assert!(built("\u{feff}first\n").contains("first"), "the file has a byte order mark");
        assert_eq!(built("twice\nTwice\n").count(), 1);
    }

    #[test]
    fn a_list_that_is_none_is_refused_with_its_line() {
        let refused = |list: &[u8]| ForbiddenPasswords::build(list).unwrap_err().to_string();
        for empty in ["", "\n", "\r\n\n\r\n", "\u{feff}"] {
            assert_eq!(refused(empty.as_bytes()), "the list has no passwords: write one password per line");
        }
        assert_eq!(
            refused(b"first\nsecond\xff\nthird"),
            "line 2 is not UTF-8: convert the file to UTF-8, or remove the line"
        );
        assert!(
            refused(&"first\n".encode_utf16().flat_map(u16::to_be_bytes).chain([0xff]).collect::<Vec<_>>())
                .contains("UTF-8")
        );
        let too_long = "line 2 is longer than a password can be (1024 characters): write one password per line";
        for long in ["x".repeat(1_025), "x".repeat(9_000_000), "🔑".repeat(1_025), format!("{}\r\n", "x".repeat(1_025))]
        {
            assert_eq!(refused(format!("first\n{long}").as_bytes()), too_long);
        }
        let longest = ["x".repeat(1_024), "🔑".repeat(1_024)];
        let filter = built(&format!("{}\r\n{}\r\n", longest[0], longest[1]));
        assert!(longest.iter().all(|password| filter.contains(password)));
        /// Reads without end, as a device does.
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(b'x');
                Ok(buffer.len())
            }
        }
        let endless = ForbiddenPasswords::build(io::BufReader::new(Endless)).unwrap_err();
        assert!(matches!(endless, ForbiddenListError::TooLong { line: 1 }));
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let file = file_of(&built(&numbered(300)));
        for place in 0..file.len() {
            let mut changed = file.clone();
            changed[place] ^= 1 << (place % 8);
            let error = ForbiddenPasswords::read(changed.as_slice()).unwrap_err();
            match place {
                0..30 => assert!(matches!(error, ForbiddenFileError::NotAFilter), "{place}: {error}"),
                30..32 => assert!(matches!(error, ForbiddenFileError::OtherVersion), "{place}: {error}"),
                _ => assert!(matches!(error, ForbiddenFileError::Damaged), "{place}: {error}"),
            }
            let error = ForbiddenPasswords::read(&file[..place]).unwrap_err();
            assert!(matches!(error, ForbiddenFileError::NotAFilter | ForbiddenFileError::Damaged), "{place}: {error}");
        }
        let longer = [file.as_slice(), b"\n"].concat();
        assert!(matches!(ForbiddenPasswords::read(longer.as_slice()), Err(ForbiddenFileError::Damaged)));
        let list = ForbiddenPasswords::read(numbered(300).as_bytes()).unwrap_err();
        assert_eq!(
            list.to_string(),
            "it is no filter: make one from a list of passwords with `vestibule passwords build-filter`"
        );
    }
}
