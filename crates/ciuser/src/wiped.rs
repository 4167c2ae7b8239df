//! JSON with a secret in it, in memory that is wiped.

use std::io;

use serde::Serialize;
use zeroize::Zeroizing;

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a value into a buffer that is as large as it takes from the start: growing would leave copies behind.
///
/// # Errors
/// When the value cannot be JSON.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, value)?;
    let mut text = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *text, value)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_buffer_is_as_large_as_what_is_in_it() {
        let text = json(&json!({ "a": "x".repeat(5000) })).unwrap();
        assert_eq!((text.len(), text.capacity()), (5008, 5008));
    }
}
