mod custom;
mod emailpass;
mod names;
mod store;
