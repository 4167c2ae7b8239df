//! What the figures were measured on.
#![expect(
    clippy::disallowed_methods,
    reason = "reads /proc and asks the system's own programs"
)]

use std::path::Path;
use std::process::Command;

/// The machine and the moment.
pub(super) struct Machine {
    pub(super) date: String,
    pub(super) commit: String,
    pub(super) processor: String,
    pub(super) cores: usize,
    pub(super) memory: String,
    pub(super) kernel: String,
    pub(super) file_system: String,
    pub(super) load: String,
}

impl Machine {
    /// Looks at this machine; what cannot be found out is called unknown.
    pub(super) fn look(repository: &Path, directory: &Path) -> Machine {
        let directory = directory.display().to_string();
        let repository = repository.display().to_string();
        Machine {
            date: said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            commit: said(
                "git",
                &["-C", &repository, "describe", "--always", "--dirty", "--abbrev=10"],
            ),
            processor: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory: gibibytes(&field("/proc/meminfo", "MemTotal")),
            kernel: said("uname", &["-sr"]),
            file_system: said("stat", &["--file-system", "--format=%T", &directory]),
            load: read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" "),
        }
    }
}

/// Returns the first line that a program says on stdout.
pub(super) fn first_line(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

fn said(program: &str, arguments: &[&str]) -> String {
    first_line(program, arguments).unwrap_or_else(unknown)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|_| unknown())
}

fn field(path: &str, name: &str) -> String {
    let text = read(path);
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    fields
        .find(|(key, _)| key.trim() == name)
        .map_or_else(unknown, |(_, value)| value.trim().to_owned())
}

fn gibibytes(kibibytes: &str) -> String {
    match kibibytes.trim_end_matches(" kB").parse::<u32>() {
        Ok(kibibytes) => format!("{:.0} GiB", f64::from(kibibytes) / 1024.0 / 1024.0),
        Err(_) => unknown(),
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}
