//! Load over HTTP: connections that are kept alive, each with one request under way.

use std::ops::Range;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::message::{Failure, Heard, Question, Revision, Work, handshake};

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections to a server.
pub(crate) struct Load {
    connections: Vec<Connection>,
}

impl Load {
    /// Connects, and shakes hands where clients of this revision do.
    pub(crate) async fn connect(
        port: u16,
        work: Work,
        revision: Revision,
        connections: usize,
    ) -> Result<Self, Failure> {
        let mut load = Self { connections: Vec::with_capacity(connections) };
        for _ in 0..connections {
            load.connections.push(Connection::open(port, work, revision).await?);
        }
        Ok(load)
    }

    /// Asks for a while, and says how many answers came.
    pub(crate) async fn run(&mut self, until: Until) -> Result<u64, Failure> {
        let mut asking = JoinSet::new();
        let (each, deadline) = match until {
            Until::Passed(time) => (u64::MAX, Some(Instant::now() + time)),
            Until::Answered(calls) => (calls / self.connections.len() as u64, None),
        };
        for mut connection in self.connections.drain(..) {
            asking.spawn(async move {
                let mut answered = 0;
                while answered < each && deadline.is_none_or(|deadline| Instant::now() < deadline) {
                    timeout(PATIENCE, connection.call()).await??;
                    answered += 1;
                }
                Ok::<_, Failure>((connection, answered))
            });
        }
        let mut all = 0;
        while let Some(ended) = asking.join_next().await {
            let (connection, answered) = ended??;
            self.connections.push(connection);
            all += answered;
        }
        Ok(all)
    }
}

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Passed(Duration),
    Answered(u64),
}

struct Connection {
    stream: TcpStream,
    question: Question,
    next: u64,
    read: Vec<u8>,
    content: Vec<u8>,
}

/// What is known of a response before its content.
#[derive(Default)]
struct Head {
    status: u16,
    length: Option<usize>,
    streams: bool,
    session: Option<String>,
    end: usize,
}

impl Connection {
    async fn open(port: u16, work: Work, revision: Revision) -> Result<Self, Failure> {
        let stream = connect(port).await?;
        stream.set_nodelay(true)?;
        let question = Question::new(work, revision);
        let (read, content) = (Vec::with_capacity(64 * 1024), Vec::new());
        let mut connection = Self { stream, question, next: Question::FIRST, read, content };
        let mut more = String::new();
        if revision == Revision::Legacy {
            for message in handshake() {
                let head = head(
                    port,
                    message.len(),
                    &format!("{more}MCP-Protocol-Version: 2025-11-25\r\n"),
                );
                connection.stream.write_all((head + &message).as_bytes()).await?;
                let head = connection.receive().await?;
                if head.status >= 300 {
                    return Err(format!("a handshake was answered with {}", head.status).into());
                }
                if let Some(session) = head.session {
                    more = format!("Mcp-Session-Id: {session}\r\n");
                }
            }
        } else {
            more = format!("Mcp-Method: {}\r\n", work.method());
            if let Some(tool) = work.tool() {
                more += &format!("Mcp-Name: {tool}\r\n");
            }
        }
        more += &format!("MCP-Protocol-Version: {}\r\n", revision.name());
        let head = head(port, connection.question.len(), &more);
        connection.question = connection.question.after(&head);
        Ok(connection)
    }

    /// Asks once, and checks the answer.
    async fn call(&mut self) -> Result<(), Failure> {
        let id = self.next;
        self.next += 1;
        self.stream.write_all(self.question.ask(id)).await?;
        let head = self.receive().await?;
        if head.status != 200 {
            let shown = String::from_utf8_lossy(&self.content);
            return Err(format!("status {}: {shown}", head.status).into());
        }
        let (mut events, mut answered) = (0, false);
        let mut hear = |heard| match heard {
            Heard::Answer(answer) if answer == id && !answered => {
                answered = true;
                Ok(())
            }
            Heard::Progress(token) if token == id && !answered => {
                events += 1;
                Ok(())
            }
            _ => Err(Failure::from("a message of another call")),
        };
        if head.streams {
            for line in self.content.split(|byte| *byte == b'\n') {
                let data = line.strip_prefix(b"data:").map(<[u8]>::trim_ascii).unwrap_or_default();
                if !data.is_empty() {
                    hear(self.question.read(data)?)?;
                }
            }
        } else {
            hear(self.question.read(&self.content)?)?;
        }
        match answered && events == self.question.events() {
            true => Ok(()),
            false => Err(format!("answered: {answered}, after {events} events").into()),
        }
    }

    /// Reads a response; its content is in `content`.
    async fn receive(&mut self) -> Result<Head, Failure> {
        let head = loop {
            match parse_head(&self.read)? {
                Some(head) => break head,
                None => self.more(1024).await?,
            }
        };
        self.content.clear();
        let end = match head.length {
            Some(length) => {
                while self.read.len() < head.end + length {
                    self.more(head.end + length - self.read.len()).await?;
                }
                self.content.extend_from_slice(part(&self.read, head.end..head.end + length)?);
                head.end + length
            }
            None => self.chunks(head.end).await?,
        };
        self.read.drain(..end);
        Ok(head)
    }

    async fn chunks(&mut self, mut at: usize) -> Result<usize, Failure> {
        loop {
            let parsed = httparse::parse_chunk_size(part(&self.read, at..self.read.len())?);
            let (begin, size) = match parsed.map_err(|_| "no size of a chunk")? {
                httparse::Status::Complete((length, size)) => (at + length, usize::try_from(size)?),
                httparse::Status::Partial => {
                    self.more(1024).await?;
                    continue;
                }
            };
            while self.read.len() < begin + size + 2 {
                self.more(begin + size + 2 - self.read.len()).await?;
            }
            self.content.extend_from_slice(part(&self.read, begin..begin + size)?);
            at = begin + size + 2;
            if size == 0 {
                return Ok(at);
            }
        }
    }

    async fn more(&mut self, expected: usize) -> Result<(), Failure> {
        self.read.reserve(expected.max(16 * 1024));
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err("the server closed a connection".into()),
            _ => Ok(()),
        }
    }
}

fn part(bytes: &[u8], range: Range<usize>) -> Result<&[u8], Failure> {
    bytes.get(range).ok_or_else(|| "a response ended early".into())
}

fn parse_head(read: &[u8]) -> Result<Option<Head>, Failure> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(end) = response.parse(read)? else { return Ok(None) };
    let mut head = Head { status: response.code.unwrap_or_default(), end, ..Head::default() };
    let mut chunked = false;
    for header in &*response.headers {
        let value = std::str::from_utf8(header.value)?;
        match header.name {
            name if name.eq_ignore_ascii_case("content-length") => {
                head.length = Some(value.parse()?);
            }
            name if name.eq_ignore_ascii_case("transfer-encoding") => chunked = true,
            name if name.eq_ignore_ascii_case("content-type") => {
                head.streams = value.starts_with("text/event-stream");
            }
            name if name.eq_ignore_ascii_case("mcp-session-id") => {
                head.session = Some(value.into());
            }
            _ => {}
        }
    }
    if !chunked && head.length.is_none() {
        head.length = Some(0);
    }
    Ok(Some(head))
}

fn head(port: u16, length: usize, more: &str) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n{more}Content-Length: {length}\r\n\r\n"
    )
}

/// Connects to a server that may still be starting.
async fn connect(port: u16) -> Result<TcpStream, Failure> {
    let begun = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)).await {
            Ok(stream) => return Ok(stream),
            Err(error) if begun.elapsed() > PATIENCE => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_micros(100)).await,
        }
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// One message and the content of its answer, as it is.
pub(crate) async fn ask_once(
    port: u16,
    work: Work,
    revision: Revision,
) -> Result<Vec<u8>, Failure> {
    let mut connection = Connection::open(port, work, revision).await?;
    connection.call().await?;
    Ok(connection.content)
}
