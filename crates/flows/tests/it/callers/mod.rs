//! Who makes a request.

mod session;
