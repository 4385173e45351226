//! `palisade key`: the key that encrypts the service's secrets.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use palisade_store::repository::audit::Act;
use palisade_store::{KeySource, Store, StoreOptions};
use serde_json::json;

use crate::args::KeyCommand;
use crate::failure::Failure;
use crate::notice::complain;
use crate::server::Server;
use crate::setup;

/// Runs a subcommand.
pub(crate) fn key(command: &KeyCommand) -> Result<u8, Failure> {
    match command {
        KeyCommand::Rotate { server, keep_old } => {
            let options = Server::read(server)?.store()?;
            setup::run(1, rotate(&options, *keep_old))?;
            Ok(0)
        }
    }
}

fn count(secrets: usize) -> String {
    if secrets == 1 { "1 secret".to_owned() } else { format!("{secrets} secrets") }
}

async fn rotate(options: &StoreOptions, keep: bool) -> Result<(), Failure> {
    if let KeySource::File(path) = &options.key
        && !path.exists()
    {
        let path = path.display();
        return Err(Failure::wrong_use(anyhow!(
            "key file `{path}` not found: check `key-file` and `--data`"
        )));
    }
    let store = Store::open(options)
        .await
        .context("cannot open the database: stop the service first")
        .map_err(Failure::wrong_use)?;
    let outcome = match &options.key {
        KeySource::File(path) => in_file(&store, path, keep).await,
        KeySource::Value(_) => in_environment(&store).await,
    };
    let closed = store.close().await.map_err(Failure::incomplete);
    outcome.and(closed)
}

async fn note(store: &Store, secrets: usize, id: &str) -> Result<(), Failure> {
    let act = Act {
        actor: "palisade key".to_owned(),
        action: "key.rotate".to_owned(),
        object_kind: "key".to_owned(),
        object_id: id.to_owned(),
        detail: json!({ "secrets": secrets }),
    };
    store.audit().append(act).await.map(drop).map_err(Failure::incomplete)
}

async fn in_file(store: &Store, path: &Path, keep: bool) -> Result<(), Failure> {
    let done = store
        .rotate_key(path, keep)
        .await
        .context("the key is not changed; run the command again")
        .map_err(Failure::incomplete)?;
    note(store, done.secrets, &done.key).await?;
    let (file, secrets) = (path.display(), count(done.secrets));
    if done.resumed {
        complain("finished an interrupted rotation with its key");
    }
    complain(&format!("{secrets} encrypted with key {} of `{file}`", done.key));
    if done.removed > 0 {
        complain("the old keys are removed: earlier backups need the key file of their time");
    }
    Ok(())
}

async fn in_environment(store: &Store) -> Result<(), Failure> {
    let secrets = store.reseal().await.context("the key is not changed").map_err(Failure::incomplete)?;
    if secrets == 0 {
        return Err(Failure::wrong_use(anyhow!(
            "the key comes from PALISADE_KEY, and its first line seals all secrets already: write a new key, such as \
             `openssl rand -base64 32` prints, on a line before it, and run this again"
        )));
    }
    note(store, secrets, "PALISADE_KEY").await?;
    complain(&format!(
        "{} encrypted with the first key of PALISADE_KEY: the other lines can be removed",
        count(secrets)
    ));
    Ok(())
}
