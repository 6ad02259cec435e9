//! Loads a server and looks at what is left of it; `run` and `crowd` beside this package start it.

mod chance;
mod crowd;
mod load;
mod request;
mod server;
mod soak;
mod wire;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use crate::wire::Failure;

const USAGE: &str = "usage: soak load SECONDS | soak crowd";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await {
        Ok((report, problems)) => {
            let _ = write!(std::io::stdout(), "{report}");
            for problem in &problems {
                eprintln!("soak: {problem}");
            }
            ExitCode::from(u8::from(!problems.is_empty()))
        }
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &[&str]) -> Result<(String, Vec<String>), Failure> {
    match arguments {
        ["load", seconds] => soak::soak(Duration::from_secs(seconds.parse()?)).await,
        ["crowd"] => crowd::crowd().await,
        // What `load` starts.
        ["generate", address, milliseconds, seed] => {
            let time = Duration::from_millis(milliseconds.parse()?);
            let seen = load::load(address.parse()?, time, seed.parse()?).await;
            Ok((serde_json::to_string(&seen)?, Vec::new()))
        }
        _ => Err(USAGE.into()),
    }
}
