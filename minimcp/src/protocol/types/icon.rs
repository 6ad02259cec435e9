//! Icons that a client may show beside a name.

use serde::Serialize;

/// An icon of a server, tool, prompt or resource (2025-11-25, Icons).
///
/// ```
/// use minimcp::{tool, Icon};
///
/// /// Add two numbers
/// #[tool(icons("https://example.com/add.svg", Icon::new("https://example.com/add.png").mime_type("image/png").size("48x48")))]
/// async fn add(a: f64, b: f64) -> f64 { a + b }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Icon {
    src: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sizes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<Theme>,
}

/// The background that an icon is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Theme {
    /// A light background.
    Light,
    /// A dark background.
    Dark,
}

impl Icon {
    /// The icon at this address.
    ///
    /// # Panics
    ///
    /// If the address is neither an `https:` nor a `data:` one; clients must not load any other.
    pub fn new(src: impl Into<String>) -> Self {
        let src = src.into();
        let scheme = src.split_once(':').map_or("", |(scheme, _)| scheme);
        assert!(
            scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("data"),
            "an icon has an `https:` or `data:` address; `{src}` has another"
        );
        Self { src, mime_type: None, sizes: Vec::new(), theme: None }
    }

    /// The media type, where the address does not tell it.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Adds a size that the icon has, such as `48x48`, or `any`.
    ///
    /// # Panics
    ///
    /// If it is neither two numbers with an `x` between them nor `any`.
    #[must_use]
    pub fn size(mut self, size: impl Into<String>) -> Self {
        let size = size.into();
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let fits = size.split_once('x').is_some_and(|(w, h)| is_number(w) && is_number(h));
        assert!(fits || size == "any", "`{size}` is no size of an icon; write `48x48`, or `any`");
        self.sizes.push(size);
        self
    }

    /// The background that the icon is drawn for.
    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = Some(theme);
        self
    }
}

impl From<&str> for Icon {
    fn from(src: &str) -> Self {
        Self::new(src)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn clients_may_load_any_icon() {
        for src in
            ["https://example.com/a.png", "HTTPS://example.com", "data:image/png;base64,AA=="]
        {
            assert_eq!(Icon::new(src).src, src);
        }
        for src in ["http://example.com/a.png", "javascript:alert(1)", "file:///a.png", "a.png", ""]
        {
            assert!(catch_unwind(|| Icon::new(src)).is_err(), "{src}");
        }
    }

    #[test]
    fn sizes_are_two_numbers_or_any() {
        for size in ["48x48", "1x2", "any"] {
            assert_eq!(Icon::new("data:,").size(size).sizes, [size]);
        }
        for size in ["", "48", "48x", "x", "48X48", "a48x48", "48x48x48", "Any"] {
            assert!(catch_unwind(|| Icon::new("data:,").size(size)).is_err(), "{size}");
        }
    }
}
