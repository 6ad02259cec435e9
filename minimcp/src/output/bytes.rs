//! Bytes that a resource returns.
//!
//! To serde they are lists of numbers, which the author of a resource never means. Method lookup finds these methods
//! before the one for everything that can be serialised.

use bytes::Bytes;

use super::resource::ResourceOutput as _;
use super::returned::Outcome;
use crate::error::Error;
use crate::protocol::types::blob::Blob;
use crate::protocol::types::resource::ResourceContents;

macro_rules! bytes {
    ($($type:ty)*) => {
        $(impl Outcome<$type> {
            /// Makes the contents of a resource.
            ///
            /// # Errors
            ///
            /// The handler's own.
            pub fn into_resource(
                self,
                uri: &str,
                mime_type: Option<&str>,
            ) -> Result<Vec<ResourceContents>, Error> {
                Blob::new(Bytes::from(self.0?)).into_contents(uri, mime_type)
            }
        })*
    };
}

bytes! { Vec<u8> Bytes Box<[u8]> }

impl Outcome<&[u8]> {
    /// Makes the contents of a resource.
    ///
    /// # Errors
    ///
    /// The handler's own.
    pub fn into_resource(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Result<Vec<ResourceContents>, Error> {
        Blob::new(self.0?.to_vec()).into_contents(uri, mime_type)
    }
}
