const HANDLERS: () = {
    #[allow(deprecated)]
    type __H0 = add;
    #[allow(deprecated)]
    type __H1 = math::product;
    #[cfg(feature = "slow")]
    #[allow(deprecated)]
    type __H2 = add_slowly;
    const __ENTRIES: &[::minimcp::__private::ListEntry] = &[
        ::minimcp::__private::entry::<__H0>(0usize),
        ::minimcp::__private::entry::<__H1>(1usize),
        #[cfg(feature = "slow")]
        ::minimcp::__private::entry::<__H2>(2usize),
    ];
    const _: () = ::minimcp::__private::distinct(__ENTRIES, 0usize);
    const _: () = ::minimcp::__private::distinct(__ENTRIES, 1usize);
    #[cfg(feature = "slow")]
    const _: () = ::minimcp::__private::distinct(__ENTRIES, 2usize);
    ::minimcp::__private::Handlers::of(
        ::core::env!("CARGO_PKG_VERSION"),
        |__handlers| {
            let __handlers = __handlers.with::<__H0>();
            let __handlers = __handlers.with::<__H1>();
            #[cfg(feature = "slow")]
            let __handlers = __handlers.with::<__H2>();
            __handlers
        },
    )
};
