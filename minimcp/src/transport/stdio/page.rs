//! Looking at a program that is served over standard input and output.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::serve::Stdio;
use crate::http::{Endpoint, Server};

/// What a browser is shown beside the standard streams.
impl<S: Send + Sync + 'static> Stdio<S> {
    /// Serves the page as well, on which people look at the server from a browser, while [`run`](Self::run) serves standard
    /// input and output; not unless it is said. See [`http::page`](crate::http::page()).
    ///
    /// The address is one of this machine, such as `127.0.0.1:8000`; the port 0 takes any that is free. Standard error is
    /// told where the page is. Calls of the page come over HTTP, with a scope like those of the pipe: whoever uses this
    /// machine can make them, so it is an option for those who write the program.
    ///
    /// ```no_run
    /// use minimcp::{MiniMcp, stdio::Stdio};
    ///
    /// # #[tokio::main] async fn main() -> std::io::Result<()> {
    /// let server: MiniMcp = MiniMcp::new("math");
    /// let stdio = Stdio::new(server, ());
    /// match std::env::args().any(|argument| argument == "--page") {
    ///     true => stdio.page("127.0.0.1:0").run().await,
    ///     false => stdio.run().await,
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`run`](Self::run) fails if the address cannot be bound, or can be reached from other machines.
    #[must_use]
    pub fn page(mut self, address: impl Into<String>) -> Self {
        self.page = Some(address.into());
        self
    }

    /// Begins to serve the page, if it is wanted, until what this gives is dropped.
    pub(super) async fn show(&self) -> io::Result<JoinSet<io::Result<()>>> {
        let mut serving = JoinSet::new();
        let Some(address) = &self.page else { return Ok(serving) };
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        if !address.ip().to_canonical().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{address} can be reached from other machines: show the page on 127.0.0.1"),
            ));
        }
        let scope = Arc::clone(&self.scope);
        let endpoint = Endpoint::streamable(self.server.clone()).with_scope_fn(move |_| (*scope)());
        let server = Server::new(endpoint).page("/docs");
        eprintln!("look at it on http://{address}/docs");
        serving.spawn(server.serve_until(listener, std::future::pending()));
        Ok(serving)
    }
}
