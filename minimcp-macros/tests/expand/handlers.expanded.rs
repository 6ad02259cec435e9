const HANDLERS: () = {
    const __ENTRIES: &[::minimcp::__private::Entry] = &[
        ::minimcp::__private::entry::<add>(),
        ::minimcp::__private::entry::<math::product>(),
        #[cfg(feature = "slow")]
        ::minimcp::__private::entry::<add_slowly>(),
    ];
    const _: () = ::minimcp::__private::distinct(__ENTRIES, 0usize);
    const _: () = ::minimcp::__private::distinct(__ENTRIES, 1usize);
    #[cfg(feature = "slow")]
    const _: () = ::minimcp::__private::distinct(__ENTRIES, 2usize);
    let __handlers = ::minimcp::__private::Handlers::new(
        ::core::env!("CARGO_PKG_VERSION"),
    );
    let __handlers = __handlers.with::<add>();
    let __handlers = __handlers.with::<math::product>();
    #[cfg(feature = "slow")]
    let __handlers = __handlers.with::<add_slowly>();
    __handlers
};
