//! `#[tool]`

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::parameters::Parameters;
use super::{call, shown_at};
use crate::attr::{Task, ToolKeys, Visibility};
use crate::model::{Handler, Output};

pub(super) fn define(
    handler: &Handler,
    keys: &ToolKeys,
    parameters: &Parameters<'_>,
) -> TokenStream {
    let (name, Output { whole, success, failure: _ }) = (&handler.name, &handler.output);
    let schema = quote_spanned! {shown_at(success.span())=>
        ::minimcp::__private::Returns::<#whole>::new().tool_output()
    };
    let ToolKeys {
        read_only,
        destructive,
        idempotent,
        open_world,
        deny_unknown,
        ui,
        visible_to,
        task,
        handler: _,
    } = keys;
    let (read_only, destructive) = (read_only.iter(), destructive.iter());
    let (idempotent, open_world) = (idempotent.iter(), open_world.iter());
    let (deny_unknown, ui) = (deny_unknown.iter(), ui.iter());
    let visible_to = visible_to.iter().map(|whom| match whom {
        Visibility::Model => quote!(Model),
        Visibility::App => quote!(App),
    });
    let task = task.iter().map(|task| matches!(task, Task::Required));
    let blocking = handler.blocking().then(|| quote!(__blocking)).into_iter();
    let builder = parameters.builder();
    let call = call(handler, parameters);
    quote! {
        ::minimcp::Tool::__define(
            #name,
            #builder,
            #schema,
            #call,
        )
        #(.read_only(#read_only))*
        #(.destructive(#destructive))*
        #(.idempotent(#idempotent))*
        #(.open_world(#open_world))*
        #(.deny_unknown(#deny_unknown))*
        #(.ui(#ui))*
        #(.#blocking())*
        #(.__task(::minimcp::__private::task!(#task)))*
        #(.visible_to(::minimcp::apps::Visibility::#visible_to))*
    }
}
