//! Random ids and secrets in AWS's shapes, made from the caller's source of randomness.
//!
//! Never falls back to a source of its own: with the same bytes, the same ids come out.

/// A source of random bytes; fills the whole slice.
pub type Entropy<'a> = &'a mut dyn FnMut(&mut [u8]);

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Returns `prefix` and `length` random characters of upper-case base32, as in `AIDA...` and `AKIA...`.
pub(crate) fn id(prefix: &str, length: usize, entropy: Entropy<'_>) -> String {
    prefix.chars().chain(draw(BASE32, length, entropy)).collect()
}

/// Returns `length` random characters of the base64 alphabet: secret access keys (40), session tokens, passwords.
pub(crate) fn secret(length: usize, entropy: Entropy<'_>) -> String {
    draw(BASE64, length, entropy).collect()
}

/// Returns a random account id: 12 digits, the first of them not zero.
pub(crate) fn account_id(entropy: Entropy<'_>) -> String {
    let mut bytes = [0; 8];
    entropy(&mut bytes);
    (100_000_000_000 + u64::from_le_bytes(bytes) % 900_000_000_000).to_string()
}

/// Returns a random UUID (version 4), the form of AWS's request ids.
pub(crate) fn request_id(entropy: Entropy<'_>) -> String {
    let mut bytes = [0; 16];
    entropy(&mut bytes);
    let random = u128::from_le_bytes(bytes);
    let version_and_variant = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let digits = format!("{version_and_variant:032x}");
    let (a, rest) = digits.split_at(8);
    let (b, rest) = rest.split_at(4);
    let (c, rest) = rest.split_at(4);
    let (d, e) = rest.split_at(4);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// Returns a random number of nine digits: the ids that GitHub counts up.
pub(crate) fn number(entropy: Entropy<'_>) -> u64 {
    let mut bytes = [0; 8];
    entropy(&mut bytes);
    100_000_000 + u64::from_le_bytes(bytes) % 900_000_000
}

/// Both alphabets have a power of two as length, so the remainder is without bias.
fn draw(alphabet: &'static [u8], length: usize, entropy: Entropy<'_>) -> impl Iterator<Item = char> {
    let mut bytes = vec![0; length];
    entropy(&mut bytes);
    bytes.into_iter().filter_map(|byte| {
        alphabet
            .get(usize::from(byte) % alphabet.len())
            .copied()
            .map(char::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_upper_case_base32_of_the_asked_length() {
        let mut next = 0_u8;
        let made = id("AIDA", 17, &mut |bytes| {
            for byte in bytes {
                next = next.wrapping_add(37);
                *byte = next;
            }
        });
        assert_eq!(made.len(), 21);
        assert!(
            made.chars().all(|c| c.is_ascii_uppercase() || ('2'..='7').contains(&c)),
            "{made}"
        );
    }

    #[test]
    fn request_ids_are_uuids_of_version_4() {
        assert_eq!(
            request_id(&mut |bytes| bytes.fill(0xff)),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
        assert_eq!(
            request_id(&mut |bytes| bytes.fill(0)),
            "00000000-0000-4000-8000-000000000000"
        );
    }

    #[test]
    fn account_ids_have_twelve_digits() {
        assert_eq!(account_id(&mut |bytes| bytes.fill(0)), "100000000000");
        assert_eq!(account_id(&mut |bytes| bytes.fill(0xff)).len(), 12);
    }
}
