handlers![add, math::product, #[cfg(feature = "slow")] add_slowly];
