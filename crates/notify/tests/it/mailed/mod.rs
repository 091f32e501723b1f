//! What happened to somebody is told to him by mail: to the stored address, once, with a link that works.

mod kinds;
mod language;
mod limit;
mod overtaken;
mod strangers;
mod trouble;
mod words;
