//! The wizard's face on a whole screen.
//!
//! `view` holds what only a screen has (focus, cursor, scrolling) and turns keys into the wizard's events; `draw` lays
//! the pages out; `terminal` takes the terminal over and gives it back, whatever ends the program. All of it is drawn
//! on stderr: stdout is the result's. Decides nothing about users and policies: that is `wizard`.

mod draw;
mod keys;
mod style;
mod terminal;
mod view;

pub(crate) use terminal::{Screen, give_back, outside};

#[cfg(test)]
mod tests;
