//! What a further tool costs whoever compiles it: packages with one tool and with a hundred, written here and built anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::built::{cargo, lockfile, median};
use crate::message::Failure;
use crate::options::Options;
use crate::results::Results;

pub(crate) const TABLE: &str =
    "CPU milliseconds of compiling a further tool, in a package of its own";
const MOST: u32 = 100;
const PROFILES: [(&str, &[&str]); 2] =
    [("debug", &["build", "--quiet"]), ("release", &["build", "--quiet", "--release"])];

/// Measures all frameworks in turn.
pub(crate) fn tools(
    options: &Options,
    results: &mut Results,
    target: &Path,
) -> Result<(), Failure> {
    let frameworks = [("minimcp", MINIMCP, minimcp as Write), ("rmcp", RMCP, rmcp)];
    let folder = |name: &str, tools: u32| target.join(format!("tools-{name}-{tools}"));
    for (name, dependencies, write) in &frameworks {
        for tools in [1, MOST] {
            package(&folder(name, tools), dependencies, &write(tools)?)?;
        }
    }
    for (profile, words) in PROFILES {
        let mut costs = vec![Vec::new(); frameworks.len()];
        // The first round builds what the packages depend on, and does not count.
        for round in 0..=options.rounds.min(3) {
            for ((name, ..), costs) in frameworks.iter().zip(&mut costs) {
                let mut times = Vec::new();
                for tools in [1, MOST] {
                    let folder = folder(name, tools);
                    touch(&folder.join("src/main.rs"))?;
                    times.push(cargo(words, &folder, &target.join("tools"), &[])?);
                }
                if let ([one, most], 1..) = (times.as_slice(), round) {
                    println!("{name}, {profile}: {one:.2} s with 1 tool, {most:.2} s with {MOST}");
                    costs.push((most - one) / f64::from(MOST - 1) * 1000.0);
                }
            }
        }
        for ((name, ..), costs) in frameworks.iter().zip(costs) {
            results.figure(TABLE, name, profile, format!("{:.1}", median(costs)));
        }
    }
    Ok(())
}

type Write = fn(u32) -> Result<String, Failure>;

fn package(folder: &Path, dependencies: &str, source: &str) -> Result<(), Failure> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let here = fs::canonicalize(".")?;
    let dependencies = dependencies.replace("HERE", &here.to_string_lossy());
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(lockfile(), folder.join("Cargo.lock"))?;
    Ok(fs::write(folder.join("src/main.rs"), source)?)
}

/// Has cargo believe that a file has changed.
fn touch(file: &Path) -> Result<(), Failure> {
    Ok(fs::File::options().append(true).open(file)?.set_modified(std::time::SystemTime::now())?)
}

const MINIMCP: &str = r#"minimcp = { path = "HERE/minimcp" }
tokio = { version = "1.45", features = ["macros", "rt-multi-thread"] }
"#;

const RMCP: &str = r#"rmcp = { version = "3.9.0", features = ["transport-io", "transport-streamable-http-server"] }
serde = { version = "1.0.219", features = ["derive"] }
tokio = { version = "1.45", features = ["macros", "rt-multi-thread"] }
"#;

fn minimcp(tools: u32) -> Result<String, Failure> {
    let mut source = "use minimcp::{MiniMcp, handlers, stdio, tool};\n".to_owned();
    let mut names = String::new();
    for tool in 0..tools {
        write!(
            source,
            "
/// Say the text number {tool} some times
#[tool]
async fn tool_{tool}(
    /// What to say
    text: String,
    /// How many times
    times: u32,
    /// Whether to say it aloud
    aloud: Option<bool>,
) -> String {{
    let text = if aloud == Some(true) {{ text.to_uppercase() }} else {{ text }};
    text.repeat(times as usize + {tool})
}}
"
        )?;
        write!(names, "tool_{tool}, ")?;
    }
    write!(
        source,
        "
#[tokio::main]
async fn main() -> std::io::Result<()> {{
    stdio::serve(MiniMcp::new(\"tools\").handlers(handlers![{names}]), ()).await
}}
"
    )?;
    Ok(source)
}

fn rmcp(tools: u32) -> Result<String, Failure> {
    let (mut types, mut functions) = (String::new(), String::new());
    for tool in 0..tools {
        write!(
            types,
            "
#[derive(Deserialize, schemars::JsonSchema)]
struct Arguments{tool} {{
    /// What to say
    text: String,
    /// How many times
    times: u32,
    /// Whether to say it aloud
    aloud: Option<bool>,
}}
"
        )?;
        write!(
            functions,
            "
    /// Say the text number {tool} some times
    #[tool]
    async fn tool_{tool}(
        &self,
        Parameters(Arguments{tool} {{ text, times, aloud }}): Parameters<Arguments{tool}>,
    ) -> String {{
        let text = if aloud == Some(true) {{ text.to_uppercase() }} else {{ text }};
        text.repeat(times as usize + {tool})
    }}
"
        )?;
    }
    Ok(format!(
        "use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{{ServerCapabilities, ServerConfig}};
use rmcp::transport::stdio;
use rmcp::{{ServerHandler, ServiceExt, schemars, tool, tool_handler, tool_router}};
use serde::Deserialize;
{types}
#[derive(Clone)]
struct Tools;

#[tool_router]
impl Tools {{{functions}}}

#[tool_handler]
impl ServerHandler for Tools {{
    fn get_info(&self) -> ServerConfig {{
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }}
}}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    Tools.serve(stdio()).await?.waiting().await?;
    Ok(())
}}
"
    ))
}
