//! Over stdio.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut output = tokio::io::stdout();
    while let Some(line) = lines.next_line().await? {
        if let Some(mut answer) = built_hand::answer(line.as_bytes())? {
            answer.push(b'\n');
            output.write_all(&answer).await?;
            output.flush().await?;
        }
    }
    Ok(())
}
