mod cookie;
mod end;
mod list;
mod start;
mod token;
mod touch;
