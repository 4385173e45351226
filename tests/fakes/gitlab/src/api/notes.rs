//! The notes of a merge request.

use palisade_fake_host::{Reply, clock, random};
use serde_json::Value;

use super::{Answer, Call};
use crate::reply::{absent, forbidden, message};
use crate::state::{Discussion, MAINTAINER, Note, Project, Pull};
use crate::{Event, Inner};

impl Inner {
    /// Adds a note that is not part of a discussion, and sends the event. Returns its number.
    pub(crate) fn add_note(&self, user: u64, project: &Project, pull: &Pull, body: &str) -> u64 {
        let id = {
            let mut state = self.state();
            let note = new_note(state.next(), user, body);
            let id = note.id;
            state.discussions.push(Discussion {
                id: random(20),
                project: project.id,
                pull: pull.number,
                individual: true,
                notes: vec![note],
                resolved: None,
            });
            id
        };
        self.emit(user, &Event::Note(project.full_path.clone(), pull.number, id));
        id
    }

    /// The response with a note.
    fn note_reply(&self, status: u16, pull: &Pull, id: u64) -> Answer {
        let state = self.state();
        let found = state.discussions_of(pull.project, pull.number);
        let found = found.flat_map(|one| one.notes.iter().map(move |note| (one, note)));
        let (discussion, note) = found.into_iter().find(|(_, note)| note.id == id).ok_or_else(not_found)?;
        Ok(Reply::json(status, &self.note(&state, discussion, note)))
    }

    /// Changes the text of a note. Its author may do it, and who has the role Maintainer (docs.gitlab.com, "Comments and
    /// threads", section "Edit a comment to add a mention").
    pub(super) fn edit_note(&self, call: &Call, pull: &Pull, id: u64) -> Answer {
        let (project, user) = (self.project_of(call)?, call.caller.user);
        {
            let mut state = self.state();
            let role = state.role(user, &project);
            let of_pull = |one: &&mut Discussion| (one.project, one.pull) == (pull.project, pull.number);
            let mut all = state.discussions.iter_mut().filter(of_pull).flat_map(|one| &mut one.notes);
            let note = all.find(|one| one.id == id).ok_or_else(not_found)?;
            if note.author != user && role < MAINTAINER {
                return Err(forbidden());
            }
            call.body["body"].as_str().unwrap_or_default().clone_into(&mut note.body);
            note.updated_at = clock::now();
        }
        self.note_reply(200, pull, id)
    }
}

/// A note that is created now.
pub(super) fn new_note(id: u64, author: u64, body: &str) -> Note {
    let now = clock::now();
    Note { id, author, body: body.to_owned(), position: None, created_at: now.clone(), updated_at: now }
}

fn not_found() -> Reply {
    absent("Note")
}

/// All notes, also those of discussions, newest first.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let state = fake.state();
    let all = state.discussions_of(project.id, pull.number);
    let all = all.flat_map(|one| one.notes.iter().map(move |note| (one, note)));
    let mut all: Vec<(u64, Value)> = all.map(|(one, note)| (note.id, fake.note(&state, one, note))).collect();
    drop(state);
    all.sort_by_key(|(id, _)| *id);
    if call.query("sort") != Some("asc") {
        all.reverse();
    }
    Ok(fake.page(call, all.into_iter().map(|(_, note)| note).collect()))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (_, pull) = fake.pull_of(call)?;
    fake.note_reply(200, &pull, call.number("note_id"))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let id = fake.add_note(call.caller.user, &project, &pull, call.body["body"].as_str().unwrap_or_default());
    fake.note_reply(201, &pull, id)
}

pub(super) fn edit(fake: &Inner, call: &Call) -> Answer {
    let (_, pull) = fake.pull_of(call)?;
    fake.edit_note(call, &pull, call.number("note_id"))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let (id, user) = (call.number("note_id"), call.caller.user);
    let mut state = fake.state();
    let role = state.role(user, &project);
    let of_pull = |one: &&mut Discussion| (one.project, one.pull) == (pull.project, pull.number);
    let holder =
        state.discussions.iter_mut().filter(of_pull).find(|one| one.notes.iter().any(|it| it.id == id));
    let holder = holder.ok_or_else(not_found)?;
    if role < MAINTAINER && holder.notes.iter().any(|one| one.id == id && one.author != user) {
        return Err(message(403, "403 Forbidden"));
    }
    holder.notes.retain(|one| one.id != id);
    state.discussions.retain(|one| !one.notes.is_empty());
    Ok(Reply::empty(204))
}
