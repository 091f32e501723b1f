//! The product: `vestibule serve` and the commands around it.

fn main() {}
