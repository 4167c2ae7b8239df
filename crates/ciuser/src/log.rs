//! What `-v` shows: our own events, on stderr. The SDK's are left out, because they may hold whole answers.

use tracing_subscriber::EnvFilter;

/// Begins to log, when asked to.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    // Targets are named one by one: no variable and no flag can switch on those of the SDK, hyper or rustls.
    let filter = EnvFilter::new(format!(
        "off,ciuser={level},ciuser_core={level},ciuser_aws={level},ciuser_sandbox={level}"
    ));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .without_time()
        .try_init();
}
