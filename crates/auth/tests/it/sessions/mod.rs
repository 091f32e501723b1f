mod cookie;
mod end;
mod start;
mod token;
