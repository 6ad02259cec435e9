//! `#[prompt]`

use proc_macro2::TokenStream;
use quote::quote;

use super::call;
use super::parameters::Parameters;
use crate::attr::PromptKeys;
use crate::model::Handler;

pub(super) fn define(
    handler: &Handler,
    keys: &PromptKeys,
    parameters: &Parameters<'_>,
) -> TokenStream {
    let name = &handler.name;
    let deny_unknown = keys.deny_unknown.iter();
    let builder = parameters.builder();
    let completers = parameters.completers();
    let call = call(handler, parameters);
    quote! {
        ::minimcp::Prompt::<__S>::__define(#name, #builder, #call)
        #(.deny_unknown(#deny_unknown))*
        #completers
    }
}
