//! Finding, starting and calling the daemon.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use jsonrpc::{Client, simple_http::SimpleHttpTransport};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;

use crate::ChainError;

/// How long a daemon may take to answer its first call, on a busy machine.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long one call may take: a thousand blocks are mined in one.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
const START_POLL: Duration = Duration::from_millis(50);
/// Another process may take the free port that we found before the daemon does.
const START_ATTEMPTS: u32 = 3;

/// The daemon to use: `BITCOIND_EXE`, then `bitcoind` in `PATH`, then the build of `scripts/build-bitcoind.sh`, in
/// `GAVEL_BITCOIN_CACHE` or `gavel/bitcoin` in the user's cache folder.
///
/// # Errors
/// [`ChainError::NoBitcoind`], which says how to build it.
pub fn find_bitcoind() -> Result<PathBuf, ChainError> {
    if let Some(path) = env::var_os("BITCOIND_EXE") {
        return Ok(path.into());
    }
    let in_path = env::var_os("PATH").and_then(|path| {
        env::split_paths(&path)
            .map(|folder| folder.join("bitcoind"))
            .find(|file| file.is_file())
    });
    if let Some(path) = in_path {
        return Ok(path);
    }
    let folder = env::var_os("GAVEL_BITCOIN_CACHE").map_or_else(default_cache, PathBuf::from);
    let cache = folder.join("bin").join("bitcoind");
    if cache.is_file() {
        Ok(cache)
    } else {
        Err(ChainError::NoBitcoind { cache })
    }
}

fn default_cache() -> PathBuf {
    user_cache()
        .unwrap_or(Path::new(".cache").join("gavel"))
        .join("bitcoin")
}

/// What is kept for all runs of the same user: `$XDG_CACHE_HOME/gavel`, or `.cache/gavel` in the home folder, if there is one.
pub fn user_cache() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).filter(|path| !path.is_empty());
    let cache = folder("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(Path::new(&folder("HOME")?).join(".cache")));
    cache.map(|cache| cache.join("gavel"))
}

/// A running daemon on a temporary folder.
pub(super) struct Daemon {
    process: Child,
    client: Client,
    _folder: TempDir,
}

impl Daemon {
    /// Starts the daemon with the default policy and waits until it answers.
    pub(super) fn start(path: &Path) -> Result<Self, ChainError> {
        let mut attempt = 1;
        loop {
            match Self::try_start(path) {
                Err(ChainError::BitcoindStart { .. }) if attempt < START_ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    fn try_start(path: &Path) -> Result<Self, ChainError> {
        let folder = TempDir::new()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let failed = |words: String| ChainError::BitcoindStart {
            path: path.to_owned(),
            words,
        };
        let mut process = Command::new(path)
            .arg("-regtest")
            .arg(format!("-datadir={}", folder.path().display()))
            .arg(format!("-rpcport={port}"))
            // No peers: the chain is private.
            .args(["-listen=0", "-connect=0", "-dnsseed=0"])
            .args(["-printtoconsole=0", "-persistmempool=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        match connect(&mut process, folder.path(), port) {
            Ok(client) => Ok(Self {
                process,
                client,
                _folder: folder,
            }),
            Err(words) => {
                end(&mut process);
                Err(failed(words))
            }
        }
    }

    /// Calls an RPC method.
    pub(super) fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        arguments: &[Value],
    ) -> Result<T, ChainError> {
        call(&self.client, method, arguments).map_err(|words| ChainError::Rpc { method, words })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// The folder is thrown away, so there is nothing to shut down in order.
fn end(process: &mut Child) {
    // Both fail only when the process has ended already.
    let _ = process.kill();
    let _ = process.wait();
}

/// Waits for the cookie file and the first answer.
fn connect(process: &mut Child, folder: &Path, port: u16) -> Result<Client, String> {
    let cookie = folder.join("regtest").join(".cookie");
    let start = Instant::now();
    let mut last = "it wrote no cookie file".to_owned();
    while start.elapsed() < START_TIMEOUT {
        if let Ok(Some(status)) = process.try_wait() {
            return Err(format!("it ended with {status}"));
        }
        if let Ok(cookie) = fs::read_to_string(&cookie) {
            let client = client(port, &cookie)?;
            match call::<u32>(&client, "getblockcount", &[]) {
                Ok(_) => return Ok(client),
                Err(words) => last = words,
            }
        }
        thread::sleep(START_POLL);
    }
    Err(last)
}

fn client(port: u16, cookie: &str) -> Result<Client, String> {
    let transport = SimpleHttpTransport::builder()
        .url(&format!("http://127.0.0.1:{port}"))
        .map_err(|error| error.to_string())?
        .timeout(CALL_TIMEOUT)
        .cookie_auth(cookie)
        .build();
    Ok(Client::with_transport(transport))
}

fn call<T: DeserializeOwned>(
    client: &Client,
    method: &str,
    arguments: &[Value],
) -> Result<T, String> {
    let arguments = jsonrpc::try_arg(arguments).map_err(|error| error.to_string())?;
    client
        .call(method, Some(&arguments))
        .map_err(|error| match error {
            jsonrpc::Error::Rpc(error) => error.message,
            error => error.to_string(),
        })
}
