//! `palisade admin`: access to the service for users of its host who have no access through the API.

use anyhow::{Context as _, anyhow};
use palisade_store::entity::user::Model as User;
use palisade_store::repository::audit::Act;
use palisade_store::repository::people::NewToken;
use palisade_store::{Page, Role, Store, now_ms, private_file};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::args::{AdminCommand, TokenOptions};
use crate::failure::Failure;
use crate::notice::complain;
use crate::output::print;
use crate::server::Server;
use crate::setup;

/// Name of the administrator that is created.
const ADMIN: &str = "admin";
/// The actor in the audit log.
const ACTOR: &str = "palisade admin";
const DAY: i64 = 24 * 3_600_000;

/// Runs a subcommand.
pub(crate) fn admin(command: &AdminCommand) -> Result<u8, Failure> {
    match command {
        AdminCommand::Token(options) => token(options),
    }
}

fn administers(user: &User) -> bool {
    user.role == Role::Admin && !user.disabled
}

/// The user that the token is for; none if an administrator must be created first.
fn choose(all: &[User], name: Option<&str>) -> Result<Option<User>, Failure> {
    let wrong = |why: String| Err(Failure::wrong_use(anyhow!(why)));
    let admin = all.iter().find(|it| administers(it));
    let named = |name: &str| all.iter().find(|it| it.name == name);
    match (name, admin) {
        (Some(name), admin) => match (named(name), admin) {
            (Some(user), _) if user.disabled => {
                wrong(format!("user `{name}` is disabled: name another one with `--user`"))
            }
            (Some(user), _) => Ok(Some(user.clone())),
            (None, None) => Ok(None),
            (None, Some(admin)) => {
                wrong(format!("user `{name}` not found: name one that exists, such as `{}`", admin.name))
            }
        },
        (None, Some(admin)) => Ok(Some(admin.clone())),
        (None, None) if named(ADMIN).is_some() => wrong(format!(
            "no administrator is left, and the name `{ADMIN}` is in use: name a new one with `--user`"
        )),
        (None, None) => Ok(None),
    }
}

fn scopes(user: &User, asked: &[String]) -> Result<Vec<String>, Failure> {
    let open = palisade_service::scopes(user.role);
    if asked.is_empty() {
        return Ok(open);
    }
    match asked.iter().find(|it| !open.contains(it)) {
        None => Ok(asked.to_vec()),
        Some(odd) => Err(Failure::wrong_use(anyhow!(
            "invalid value `{odd}` for `--scope`: expected {} for the role of `{}`",
            open.join(", "),
            user.name
        ))),
    }
}

async fn note(
    store: &Store,
    action: &str,
    kind: &str,
    id: &str,
    detail: serde_json::Value,
) -> Result<(), Failure> {
    let act = Act {
        actor: ACTOR.to_owned(),
        action: action.to_owned(),
        object_kind: kind.to_owned(),
        object_id: id.to_owned(),
        detail,
    };
    store.audit().append(act).await.map(drop).map_err(Failure::incomplete)
}

async fn make(store: &Store, options: &TokenOptions) -> Result<(User, NewToken), Failure> {
    let people = store.people();
    let list = async |page: Page| people.list(&page).await;
    let all = Page::every(list, |it| &it.id).await.map_err(Failure::incomplete)?;
    let user = if let Some(user) = choose(&all, options.user.as_deref())? {
        user
    } else {
        let name = options.user.as_deref().unwrap_or(ADMIN);
        let user = people.create(name, Role::Admin).await.map_err(Failure::incomplete)?;
        note(store, "user.create", "user", &user.id, json!({ "name": user.name, "role": user.role })).await?;
        complain(&format!("no administrator was left: user `{}` was created", user.name));
        user
    };
    let scopes = scopes(&user, &options.scope)?;
    let expires_at = options.expires.map(|days| now_ms() + i64::from(days) * DAY);
    let new = NewToken::make(&user.id, &options.name, &scopes, expires_at).map_err(Failure::incomplete)?;
    // Written before it is stored: a token that nobody can read must not be valid.
    if let Some(path) = &options.output {
        private_file::create(path, new.text.expose_secret().as_bytes())
            .with_context(|| {
                format!(
                    "cannot write `{}`: name a file that does not exist yet with `--output`",
                    path.display()
                )
            })
            .map_err(Failure::wrong_use)?;
    }
    people.keep_token(&new).await.map_err(Failure::incomplete)?;
    let detail = json!({ "user": user.id, "name": options.name, "scopes": scopes });
    note(store, "token.create", "token", &new.token.id, detail).await?;
    Ok((user, new))
}

fn token(options: &TokenOptions) -> Result<u8, Failure> {
    let server = Server::read(&options.server)?;
    let at = server.store()?;
    let (user, new) = setup::run(1, async {
        let store =
            Store::beside(&at).await.context("cannot open the database").map_err(Failure::wrong_use)?;
        let store = store.ok_or_else(|| {
            Failure::wrong_use(anyhow!(
                "database not found: check `--data` and `--config`, or start `palisade serve`, which writes a \
                 first token"
            ))
        })?;
        let made = make(&store, options).await;
        store.close().await.map_err(Failure::incomplete)?;
        made
    })?;
    match &options.output {
        Some(path) => complain(&format!("the token of `{}` is in `{}`", user.name, path.display())),
        None => print(&format!("{}\n", new.text.expose_secret()))?,
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use palisade_store::Role;
    use palisade_store::entity::user::Model as User;

    use super::choose;

    fn user(name: &str, role: Role, disabled: bool) -> User {
        User { id: name.to_owned(), name: name.to_owned(), role, disabled, created_at: 0 }
    }

    #[test]
    fn who_gets_a_token() {
        let with = [
            user("ann", Role::Viewer, false),
            user("bob", Role::Admin, true),
            user("eve", Role::Admin, false),
        ];
        let without = [user("ann", Role::Viewer, false), user("bob", Role::Admin, true)];
        let lost = [user("admin", Role::Admin, true)];
        for (all, name, expected) in [
            (&with[..], None, "eve"),
            (&with[..], Some("ann"), "ann"),
            (&with[..], Some("bob"), "user `bob` is disabled: name another one with `--user`"),
            (&with[..], Some("zoe"), "user `zoe` not found: name one that exists, such as `eve`"),
            (&without[..], None, "new"),
            (&without[..], Some("zoe"), "new"),
            (
                &lost[..],
                None,
                "no administrator is left, and the name `admin` is in use: name a new one with `--user`",
            ),
            (&lost[..], Some("root"), "new"),
            (&[][..], None, "new"),
        ] {
            let found = match choose(all, name) {
                Ok(Some(user)) => user.name,
                Ok(None) => "new".to_owned(),
                Err(failure) => failure.to_string(),
            };
            assert_eq!(found, expected, "{name:?}");
        }
    }
}
