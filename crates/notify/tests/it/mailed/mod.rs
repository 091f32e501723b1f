//! What happened to somebody is told to him by mail: to the stored address, once, with a link that works.

mod kinds;
mod language;
mod limit;
mod strangers;
mod superseded;
mod trouble;
mod words;
