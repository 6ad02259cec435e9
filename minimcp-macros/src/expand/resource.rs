//! `#[resource]`

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use super::call;
use super::parameters::Parameters;
use crate::attr::{Audience, ResourceKeys};
use crate::model::Handler;

pub(super) fn define(
    handler: &Handler,
    uri: &LitStr,
    keys: &ResourceKeys,
    parameters: &Parameters<'_>,
) -> TokenStream {
    let name = &handler.name;
    let ResourceKeys {
        mime_type,
        size,
        priority,
        audience,
        last_modified,
        ttl,
        public,
        handler: _,
    } = keys;
    let (mime_type, size, priority) = (mime_type.iter(), size.iter(), priority.iter());
    let audience = audience.iter().map(|role| match role {
        Audience::User => quote!(User),
        Audience::Assistant => quote!(Assistant),
    });
    let (last_modified, ttl) = (last_modified.iter(), ttl.iter());
    let public = public.then(|| quote!(.cache_scope(::minimcp::CacheScope::Public)));
    let builder = parameters.builder();
    let completers = parameters.completers();
    let call = call(handler, parameters);
    quote! {
        ::minimcp::Resource::<__S>::__define(#uri, #name, #builder, #call)
        #(.mime_type(#mime_type))*
        #(.size(#size))*
        #(.priority(#priority))*
        #(.audience(::minimcp::Role::#audience))*
        #(.last_modified(#last_modified))*
        #completers
        #(.ttl(#ttl))*
        #public
    }
}
