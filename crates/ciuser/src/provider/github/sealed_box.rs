//! Sealed boxes of libsodium, in which GitHub takes secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciuser_core::port::Entropy;
use crypto_box::aead::rand_core::{CryptoRng, Error, RngCore};
use serde::Deserialize;

/// The key that a place gives out, to which its secrets are sealed.
#[derive(Deserialize)]
pub(super) struct PublicKey {
    /// What the place calls the key.
    #[serde(rename = "key_id")]
    pub(super) id: String,
    /// In base64.
    key: String,
}

impl PublicKey {
    /// Seals a value, or returns nothing where the key is none.
    pub(super) fn seal(&self, value: &str, entropy: &dyn Entropy) -> Option<String> {
        let key = crypto_box::PublicKey::from_slice(&STANDARD.decode(&self.key).ok()?).ok()?;
        let sealed = key.seal(&mut Random(entropy), value.as_bytes()).ok()?;
        Some(STANDARD.encode(sealed))
    }
}

/// The port of randomness, as the library of the boxes wants it.
struct Random<'e>(&'e dyn Entropy);

impl RngCore for Random<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for Random<'_> {}
