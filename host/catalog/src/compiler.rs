//! Compiles the component of a third party in a child process, so that a component that exhausts or crashes the
//! compiler affects only the child.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rlimit::Resource;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

/// Address space of the child, in bytes. Compiling the largest of our own plugins takes a tenth of it.
const CHILD_MEMORY: u64 = 4 << 30;
/// CPU time of the child in seconds.
const CHILD_CPU: u64 = 120;
/// Time limit of the child; long enough for a machine that is busy with other work.
const CHILD_WALL: Duration = Duration::from_mins(5);
/// The most code that is accepted from the child, in bytes.
const MAX_CODE: u64 = 512 << 20;
/// Header that the child prints before the code, by which another program is detected.
const GREETING: &[u8] = b"palisade-code-1\n";

/// How the child process is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiler {
    /// The program: `palisade` itself.
    pub program: PathBuf,
    /// Arguments that make it the child.
    pub arguments: Vec<String>,
}

impl Compiler {
    /// Compiles a component. Errors are messages for users.
    pub(crate) async fn compile(&self, component: &[u8]) -> Result<Vec<u8>, String> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("cannot start the compiler `{}`: {error}", self.program.display()))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err("the compiler has no pipes".to_owned());
        };
        let feed = async move {
            // A child that exits early closes the pipe; its exit status gives the reason.
            let _ = stdin.write_all(component).await;
            drop(stdin);
        };
        let read = async {
            let mut code = Vec::new();
            stdout.take(MAX_CODE).read_to_end(&mut code).await.map(|_| code)
        };
        let complain = async {
            let mut text = String::new();
            let _ = stderr.take(4_096).read_to_string(&mut text).await;
            text
        };
        let work = async { tokio::join!(feed, read, complain, child.wait()) };
        let Ok(((), code, complaint, status)) = tokio::time::timeout(CHILD_WALL, work).await else {
            return Err(format!("compilation timed out after {} s", CHILD_WALL.as_secs()));
        };
        let status = status.map_err(|error| error.to_string())?;
        if !status.success() {
            let why = complaint
                .lines()
                .find(|line| !line.trim().is_empty())
                .unwrap_or("compilation exceeded its CPU time or memory limit");
            return Err(format!("{} ({status})", why.trim()));
        }
        let code = code.map_err(|error| error.to_string())?;
        code.strip_prefix(GREETING)
            .map(<[u8]>::to_vec)
            .ok_or_else(|| format!("unexpected output of the compiler `{}`", self.program.display()))
    }
}

/// The child process: sets its own limits, reads a component from standard input and writes its code to standard
/// output.
pub fn compile_child() -> Result<(), String> {
    let limits = [
        (Resource::AS, CHILD_MEMORY),
        (Resource::CPU, CHILD_CPU),
        (Resource::CORE, 0),
        (Resource::FSIZE, 0),
        (Resource::NOFILE, 64),
    ];
    for (resource, limit) in limits {
        let (_, hard) = resource.get().map_err(|error| format!("cannot read {resource:?}: {error}"))?;
        let limit = limit.min(hard);
        resource.set(limit, limit).map_err(|error| format!("cannot limit {resource:?}: {error}"))?;
    }
    let mut component = Vec::new();
    std::io::stdin().lock().read_to_end(&mut component).map_err(|error| error.to_string())?;
    let code = palisade_sandbox::precompile(&component, false).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    out.write_all(GREETING)
        .and_then(|()| out.write_all(&code))
        .and_then(|()| out.flush())
        .map_err(|error| error.to_string())
}
