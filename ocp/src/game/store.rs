//! Where a game's state is kept: one file, replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::game::state::State;

/// Version of the file's format.
const VERSION: u32 = 1;

/// Why a state cannot be stored or read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not a state, or was changed.
    #[error("{path} holds no state of a game: {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Snapshot {
    version: u32,
    state: State,
}

/// A file that holds a game's state.
///
/// A new state is written beside the old one, synchronised and renamed over it: after a crash the file holds the one or
/// the other, never a mixture.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    /// The store at `path`; nothing is read or written yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The stored state, or `None` if there is no file.
    ///
    /// # Errors
    /// The file cannot be read or holds something else.
    pub fn load(&self) -> Result<Option<State>, StoreError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(&self.path, error)),
        };
        let invalid = |reason: String| StoreError::Invalid {
            path: self.path.clone(),
            reason,
        };
        let snapshot: Snapshot =
            serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
        if snapshot.version != VERSION {
            return Err(invalid(format!(
                "its format has version {}, not {VERSION}",
                snapshot.version
            )));
        }
        Ok(Some(snapshot.state))
    }

    /// Replaces the stored state.
    ///
    /// # Errors
    /// The file system refuses; the old state is then still there.
    pub fn save(&self, state: &State) -> Result<(), StoreError> {
        let snapshot = Snapshot {
            version: VERSION,
            state: state.clone(),
        };
        let bytes = serde_json::to_vec(&snapshot).map_err(|error| StoreError::Invalid {
            path: self.path.clone(),
            reason: error.to_string(),
        })?;
        let beside = self.path.with_extension("new");
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)?;
            match self
                .path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty())
            {
                Some(folder) => File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        };
        write().map_err(|error| self.io(&self.path, error))
    }

    fn io(&self, path: &Path, error: io::Error) -> StoreError {
        StoreError::Io {
            path: path.to_path_buf(),
            error,
        }
    }
}
