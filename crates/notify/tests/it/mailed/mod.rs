//! Users are notified by mail: at the stored address, once, with a link that works.

mod kinds;
mod language;
mod limit;
mod strangers;
mod superseded;
mod trouble;
mod words;
