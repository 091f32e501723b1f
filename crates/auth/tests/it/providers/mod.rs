mod custom;
mod emailpass;
mod names;
mod states;
mod store;
