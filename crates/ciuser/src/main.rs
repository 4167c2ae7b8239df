//! The `ciuser` program.

fn main() -> std::process::ExitCode {
    ciuser::main()
}
