mod device;
mod link;
mod or_create_user;
mod session;
mod sign_up;
