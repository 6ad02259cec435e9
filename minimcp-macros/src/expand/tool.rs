//! `#[tool]`

use proc_macro2::TokenStream;
use quote::quote;

use super::call;
use super::parameters::Parameters;
use crate::attr::ToolKeys;
use crate::model::Handler;

pub(super) fn define(
    handler: &Handler,
    keys: &ToolKeys,
    parameters: &Parameters<'_>,
) -> TokenStream {
    let (name, output) = (&handler.name, &handler.output.whole);
    let ToolKeys { read_only, destructive, idempotent, open_world, deny_unknown, common: _ } = keys;
    let (read_only, destructive) = (read_only.iter(), destructive.iter());
    let (idempotent, open_world) = (idempotent.iter(), open_world.iter());
    let deny_unknown = deny_unknown.iter();
    let builder = parameters.builder();
    let call = call(handler, parameters, &quote!(into_tool));
    quote! {
        ::minimcp::Tool::__define(
            #name,
            #builder,
            ::minimcp::__private::Returns::<#output>::new().tool_output(),
            #call,
        )
        #(.read_only(#read_only))*
        #(.destructive(#destructive))*
        #(.idempotent(#idempotent))*
        #(.open_world(#open_world))*
        #(.deny_unknown(#deny_unknown))*
    }
}
