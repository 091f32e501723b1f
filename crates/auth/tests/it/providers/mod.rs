mod custom;
mod emailpass;
mod store;
