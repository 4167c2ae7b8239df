//! Key files in KeePass's own form, XML version 2.0, which checks itself: a damaged one is told apart from a wrong one.

use std::io::Write as _;

use ciuser_core::port::Entropy;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Makes a key file of 32 random bytes.
pub(super) fn made(entropy: &dyn Entropy) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new([0; 32]);
    entropy.fill(&mut *key);
    let check = Sha256::digest(*key);
    let check = hex::encode_upper(check.get(..4).unwrap_or_default());
    let key = Zeroizing::new(hex::encode_upper(*key));
    let mut text = Zeroizing::new(Vec::with_capacity(512));
    // Writing into a vector cannot fail.
    let _ = write!(
        text,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <KeyFile>\n\
         \t<Meta>\n\
         \t\t<Version>2.0</Version>\n\
         \t</Meta>\n\
         \t<Key>\n\
         \t\t<Data Hash=\"{check}\">{}</Data>\n\
         \t</Key>\n\
         </KeyFile>\n",
        *key
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(at).unwrap();
            }
        }
    }

    #[test]
    fn a_key_file_carries_the_bytes_and_the_first_four_of_their_sha_256() {
        let text = String::from_utf8(made(&Counting).to_vec()).unwrap();
        let data = "<Data Hash=\"630DCD29\">000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F</Data>";
        assert!(text.contains(data), "{text}");
        assert!(text.capacity() <= 512, "the buffer must not have grown");
    }
}
