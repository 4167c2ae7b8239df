//! A 1Password Connect server as its clients see it: vaults and their items, under `/v1`.
//!
//! What must stay true: an item is replaced whole, by whoever writes last, for Connect has no conditional writes; titles
//! and tags are not unique; a listing holds no field; what an item was before is kept, though no call shows it. There are
//! no files and no generated values here, and the log of requests is not served.

mod answer;
mod content;
mod faults;
mod filter;
mod item;
mod patch;
mod route;
mod state;
mod vault;

pub use faults::Faults;
pub use route::handle;
pub(crate) use route::serves;
pub use state::State;
