//! A client that knows what went over its socket.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// How long a server may take for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

/// A response, to its end.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) session: Option<String>,
    /// The messages in it, in their order.
    pub(crate) messages: Vec<Value>,
    /// Whether the connection ends with it.
    pub(crate) closes: bool,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self::of(stream))
    }

    pub(crate) fn of(stream: TcpStream) -> Self {
        Self { stream, read: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(timeout(PATIENCE, self.stream.write_all(bytes)).await??)
    }

    /// Reads a whole response.
    pub(crate) async fn receive(&mut self) -> Result<Response, Failure> {
        timeout(PATIENCE, self.read_response()).await.map_err(|_| "no response in time")?
    }

    /// Everything that comes until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> Result<String, Failure> {
        // What was reset has ended as well.
        let end = async { while matches!(self.more().await, Ok(1..)) {} };
        timeout(PATIENCE, end).await.map_err(|_| "the connection stays open")?;
        Ok(String::from_utf8_lossy(&self.read).into_owned())
    }

    /// Reads until this came.
    pub(crate) async fn until(&mut self, text: &str) -> Result<(), Failure> {
        let found = async {
            while !String::from_utf8_lossy(&self.read).contains(text) {
                self.more_or_fail().await?;
            }
            Ok(())
        };
        timeout(PATIENCE, found).await.map_err(|_| "it does not come")?
    }

    async fn more(&mut self) -> Result<usize, Failure> {
        Ok(self.stream.read_buf(&mut self.read).await?)
    }

    async fn more_or_fail(&mut self) -> Result<(), Failure> {
        match self.more().await? {
            0 => Err("the connection ended".into()),
            _ => Ok(()),
        }
    }

    async fn read_response(&mut self) -> Result<Response, Failure> {
        let head = self.take_until(b"\r\n\r\n").await?;
        // Ids of sessions have letters of both sizes.
        let session = head.lines().find_map(|line| line.strip_prefix("mcp-session-id: "));
        let session = session.map(str::to_owned);
        let head = head.to_ascii_lowercase();
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            line.map(str::to_owned)
        };
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or("no status")?;
        let mut content = Vec::new();
        if header("transfer-encoding").is_some() {
            loop {
                let size = self.take_until(b"\r\n").await?;
                let size = usize::from_str_radix(size.trim(), 16)?;
                content.extend(self.take(size).await?);
                self.take(2).await?;
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = header("content-length") {
            content = self.take(length.parse()?).await?;
        }
        let content = String::from_utf8(content)?;
        let kind = header("content-type").unwrap_or_default();
        let messages = match kind.as_str() {
            "application/json" => vec![serde_json::from_str(&content)?],
            "text/event-stream" => events(&content)?,
            _ => Vec::new(),
        };
        let closes = header("connection").as_deref() == Some("close");
        Ok(Response { status, session, messages, closes })
    }

    async fn take_until(&mut self, end: &[u8]) -> Result<String, Failure> {
        loop {
            if let Some(at) = self.read.windows(end.len()).position(|window| window == end) {
                return Ok(String::from_utf8(self.take(at + end.len()).await?)?);
            }
            self.more_or_fail().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>, Failure> {
        while self.read.len() < length {
            self.more_or_fail().await?;
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }
}

/// The messages of a stream.
fn events(content: &str) -> Result<Vec<Value>, Failure> {
    // The first event of a stream that can be resumed is empty.
    let data = content.lines().filter_map(|line| line.strip_prefix("data: "));
    let data = data.filter(|data| !data.is_empty());
    data.map(|data| Ok(serde_json::from_str(data)?)).collect()
}
