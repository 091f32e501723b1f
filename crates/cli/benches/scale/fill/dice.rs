//! Numbers that look random and are the same in each run: those of a row follow from its number.

/// A generator of the row `number` of a table (`stream`).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(stream: u64, number: u64) -> Self {
        let mut dice = Self(stream.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03));
        dice.next();
        dice
    }

    /// The next number (splitmix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whether something happens that does so in this share of the cases.
    pub(crate) fn hits(&mut self, share: f64) -> bool {
        self.part() < share
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.part() * limit as f64) as u64
    }

    /// One of these, the first ones more often, as names are.
    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let part = self.part();
        from[(part * part * from.len() as f64) as usize]
    }
}

/// An id of this time, in microseconds, as the product creates them: a prefix and a ULID.
pub(crate) fn id(prefix: &str, time: i64, dice: &mut Dice) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let random = u128::from(dice.next()) << 16 | u128::from(dice.next() & 0xffff);
    let value = u128::from(time.unsigned_abs() / 1_000) << 80 | random;
    let mut text = String::with_capacity(prefix.len() + 27);
    text.push_str(prefix);
    text.push('_');
    text.extend((0..26).rev().map(|place| char::from(DIGITS[(value >> (5 * place) & 31) as usize])));
    text
}
