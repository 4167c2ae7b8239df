//! The text of an access key CSV: written in one way, read in all ways that AWS and Excel have written it.

use ciuser_core::name::{AccessKeyId, UserName};
use ciuser_core::secret::{AccessKey, SecretAccessKey};
use ciuser_core::target::CsvFormat;
use zeroize::Zeroizing;

/// The one key of a file.
pub(super) struct Row<'t> {
    /// Whose it is, where the file says so.
    pub(super) user: Option<&'t str>,
    /// The key id.
    pub(super) id: AccessKeyId,
    /// The secret.
    pub(super) secret: SecretAccessKey,
}

/// Writes two lines that end in CR LF, without byte order mark and quotes: the one form that every version of
/// `aws configure import` takes.
pub(super) fn write(format: CsvFormat, user: &UserName, key: &AccessKey) -> Zeroizing<Vec<u8>> {
    let (header, user) = match format {
        CsvFormat::Import => ("User Name,Access key ID,Secret access key\r\n", [user.as_str(), ","]),
        CsvFormat::Console => ("Access key ID,Secret access key\r\n", ["", ""]),
    };
    let [user, comma] = user;
    let parts = [header, user, comma, key.id.as_str(), ",", key.secret.expose(), "\r\n"];
    // Made once, at its full length: growing would leave copies of the secret behind.
    let mut text = Zeroizing::new(Vec::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        text.extend_from_slice(part.as_bytes());
    }
    text
}

/// Reads the one key of a file. The error says what the file is instead, without a word from it.
pub(super) fn read(bytes: &[u8]) -> Result<Row<'_>, &'static str> {
    const OTHER: &str = "something that is not an access key CSV";
    let text = std::str::from_utf8(bytes).map_err(|_| OTHER)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split(['\r', '\n']).filter(|line| !line.trim().is_empty());
    let (Some(header), Some(row)) = (lines.next(), lines.next()) else {
        return Err(OTHER);
    };
    let columns = fields(header);
    let values = fields(row);
    let value = |name: &str| {
        let at = columns.iter().position(|column| column.eq_ignore_ascii_case(name))?;
        values.get(at).copied()
    };
    let (Some(id), Some(secret)) = (value("Access key ID"), value("Secret access key")) else {
        return Err(OTHER);
    };
    if lines.next().is_some() {
        return Err("an access key CSV of more than one key");
    }
    Ok(Row {
        user: value("User name"),
        id: AccessKeyId::new(id).map_err(|_| OTHER)?,
        secret: SecretAccessKey::new(secret.to_owned()).map_err(|_| OTHER)?,
    })
}

/// Returns a name from a file as a message may show it.
pub(super) fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Cuts a line at the commas that are not between quotes, and takes the quotes off.
fn fields(line: &str) -> Vec<&str> {
    let mut quoted = false;
    let cut = move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    line.split(cut).map(|field| field.trim().trim_matches('"')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn key() -> AccessKey {
        AccessKey {
            id: AccessKeyId::new(ID).unwrap(),
            secret: SecretAccessKey::new(SECRET.to_owned()).unwrap(),
        }
    }

    fn written(format: CsvFormat) -> String {
        String::from_utf8(write(format, &UserName::new("CI_USER").unwrap(), &key()).to_vec()).unwrap()
    }

    #[test]
    fn both_forms_are_two_lines_that_end_in_cr_lf() {
        assert_eq!(
            written(CsvFormat::Import),
            format!("User Name,Access key ID,Secret access key\r\nCI_USER,{ID},{SECRET}\r\n")
        );
        assert_eq!(
            written(CsvFormat::Console),
            format!("Access key ID,Secret access key\r\n{ID},{SECRET}\r\n")
        );
    }

    #[test]
    fn every_form_that_aws_and_excel_have_written_is_read() {
        let forms = [
            (
                format!("User Name,Access Key Id,Secret Access Key\n\"CI_USER\",{ID},{SECRET}\n"),
                Some("CI_USER"),
            ),
            (
                format!(
                    "User name,Password,Access key ID,Secret access key,Console login link\n\
                     CI_USER,,{ID},{SECRET},https://111122223333.signin.aws.amazon.com/console\n"
                ),
                Some("CI_USER"),
            ),
            (
                format!("\u{feff}Access key ID,Secret access key\r\n{ID},{SECRET}\r\n"),
                None,
            ),
            (
                format!("\"Access key ID\" , \"Secret access key\",\"User Name\"\r\"{ID}\",\"{SECRET}\",\"a,b\""),
                Some("a,b"),
            ),
        ];
        for (text, user) in forms {
            let row = read(text.as_bytes()).unwrap_or_else(|what| panic!("{what}: {text}"));
            assert_eq!((row.user, row.id.as_str(), row.secret.expose()), (user, ID, SECRET));
        }
    }

    #[test]
    fn what_is_not_one_key_is_said_without_showing_it() {
        let two = format!("Access key ID,Secret access key\n{ID},{SECRET}\n{ID},{SECRET}\n");
        let other = "something that is not an access key CSV";
        for (text, what) in [
            (two.as_str(), "an access key CSV of more than one key"),
            ("", other),
            ("Access key ID,Secret access key\n", other),
            (
                "User name,Password,Console sign-in URL\nCI_USER,x,https://example.com\n",
                other,
            ),
            ("Access key ID,Secret access key\nshort,secret\n", other),
            ("AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE\nAWSSecretKey=x\n", other),
        ] {
            assert_eq!(read(text.as_bytes()).err(), Some(what), "{text}");
        }
        assert_eq!(read(&[0xff, 0xfe, 0]).err(), Some(other));
    }
}
