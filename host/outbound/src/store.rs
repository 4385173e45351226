//! Bodies that the host keeps, in unnamed files.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use palisade_capabilities::{Blob, HttpError};

use crate::blank::Secrets;
use crate::body::Body;

/// The bytes that are collected before a write.
const WRITTEN_AT_ONCE: usize = 1 << 20;

/// A body in a file that is deleted when this is dropped.
pub(crate) struct Kept {
    file: Mutex<File>,
    size: u64,
}

impl Blob for Kept {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, offset: u64, length: u32) -> io::Result<Vec<u8>> {
        let length = u64::from(length).min(self.size.saturating_sub(offset));
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset.min(self.size)))?;
        let mut part = Vec::new();
        (&mut *file).take(length).read_to_end(&mut part)?;
        Ok(part)
    }
}

/// Keeps a body, with its secrets masked.
pub(crate) async fn keep(mut body: Body, secrets: &Secrets) -> Result<Kept, HttpError> {
    let mut file = blocking(tempfile::tempfile).await?;
    let (mut cover, mut waiting, mut size) = (secrets.cover(), Vec::new(), 0_u64);
    loop {
        let piece = body.next().await?;
        let Some(piece) = piece else { break };
        waiting.extend(cover.push(&piece));
        if waiting.len() >= WRITTEN_AT_ONCE {
            size = size.saturating_add(waiting.len() as u64);
            file = write(file, std::mem::take(&mut waiting)).await?;
        }
    }
    waiting.extend(cover.finish());
    size = size.saturating_add(waiting.len() as u64);
    file = write(file, waiting).await?;
    Ok(Kept { file: Mutex::new(file), size })
}

async fn write(mut file: File, bytes: Vec<u8>) -> Result<File, HttpError> {
    blocking(move || file.write_all(&bytes).map(|()| file)).await
}

/// Runs blocking file operations on a thread for them.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, HttpError> {
    let failed = |error: io::Error| HttpError::Transport(format!("cannot store the response: {error}"));
    tokio::task::spawn_blocking(work).await.map_err(|error| failed(io::Error::other(error)))?.map_err(failed)
}
