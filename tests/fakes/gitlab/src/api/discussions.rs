//! The discussions of a merge request.

use palisade_fake_host::{Reply, clock, random};
use serde_json::{Value, json};

use super::notes::new_note;
use super::{Answer, Call};
use crate::diff::{Line, WHOLE, diffs, lines};
use crate::reply::{absent, forbidden, message};
use crate::state::{DEVELOPER, Discussion, Position, Project, Pull};
use crate::{Event, Inner};

/// A discussion to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) user: u64,
    pub(crate) body: &'a str,
    pub(crate) position: Option<Position>,
}

impl Inner {
    /// Opens a discussion and sends the event. Returns its ID.
    pub(crate) fn discuss(
        &self,
        project: &Project,
        pull: &Pull,
        wanted: &Wanted<'_>,
    ) -> Result<String, Reply> {
        if let Some(position) = &wanted.position {
            self.check_position(project, pull, position)?;
        }
        let (id, note) = {
            let mut state = self.state();
            let mut note = new_note(state.next(), wanted.user, wanted.body);
            note.position.clone_from(&wanted.position);
            let number = note.id;
            let id = random(20);
            state.discussions.push(Discussion {
                id: id.clone(),
                project: project.id,
                pull: pull.number,
                individual: false,
                notes: vec![note],
                resolved: None,
            });
            (id, number)
        };
        self.emit(wanted.user, &Event::Note(project.full_path.clone(), pull.number, note));
        Ok(id)
    }

    /// Whether a position is a line of a version of the diff: an added line has only a new number, a removed line only
    /// an old one, an unchanged line both, also if the diff hides it (docs.gitlab.com, "Discussions API", section
    /// "Create a new thread in the merge request diff").
    fn check_position(&self, project: &Project, pull: &Pull, at: &Position) -> Result<(), Reply> {
        let refused = |what: &str| message(400, &format!("400 Bad request - Note {{{what}}}"));
        let known =
            |one: &crate::Version| (&one.base, &one.start, &one.head) == (&at.base, &at.start, &at.head);
        if !pull.versions.iter().any(known) {
            return Err(refused(":position=>[\"is invalid\"]"));
        }
        let files = diffs(&self.host.git, &project.full_path, &at.base, &at.head, WHOLE);
        let file = files.iter().find(|one| one.new_path == at.new_path && one.old_path == at.old_path);
        let line = Line { old: at.old_line, new: at.new_line };
        match file.filter(|one| lines(&one.text).contains(&line)) {
            Some(_) => Ok(()),
            None => Err(refused(":line_code=>[\"can't be blank\", \"must be a valid line code\"]")),
        }
    }

    /// Resolves a discussion or opens it again. The author of the merge request may do it, and everyone who has the
    /// role Developer (docs.gitlab.com, "Comments and threads", section "Resolve a thread").
    pub(crate) fn resolve(
        &self,
        user: u64,
        project: &Project,
        id: &str,
        resolved: bool,
    ) -> Result<(), Reply> {
        let mut state = self.state();
        let role = state.role(user, project);
        let found = state.discussions.iter_mut().find(|one| one.id == id && one.project == project.id);
        let found = found.ok_or_else(|| absent("Discussion"))?;
        if found.individual {
            return Err(message(400, "400 Bad request - the note cannot be resolved"));
        }
        if role < DEVELOPER {
            return Err(forbidden());
        }
        if resolved != found.resolved.is_some() {
            found.resolved = resolved.then(|| (user, clock::now()));
        }
        Ok(())
    }

    /// The response with a discussion of a merge request.
    fn discussion_reply(&self, status: u16, pull: &Pull, id: &str) -> Answer {
        let state = self.state();
        let found = state.discussions_of(pull.project, pull.number).find(|one| one.id == id);
        Ok(Reply::json(status, &self.discussion(&state, found.ok_or_else(|| absent("Discussion"))?)))
    }
}

/// The position in a body.
fn position(body: &Value) -> Option<Position> {
    let given = body.get("position").filter(|one| one.is_object())?;
    let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
    let line = |name: &str| given[name].as_u64();
    Some(Position {
        base: text("base_sha"),
        start: text("start_sha"),
        head: text("head_sha"),
        old_path: text("old_path"),
        new_path: text("new_path"),
        old_line: line("old_line"),
        new_line: line("new_line"),
    })
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let state = fake.state();
    let all = state.discussions_of(project.id, pull.number).map(|one| fake.discussion(&state, one)).collect();
    drop(state);
    Ok(fake.page(call, all))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let (_, pull) = fake.pull_of(call)?;
    fake.discussion_reply(200, &pull, call.parameter("discussion_id"))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let body = call.body["body"].as_str().unwrap_or_default();
    let wanted = Wanted { user: call.caller.user, body, position: position(&call.body) };
    let id = fake.discuss(&project, &pull, &wanted)?;
    fake.discussion_reply(201, &pull, &id)
}

pub(super) fn resolve(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let id = call.parameter("discussion_id");
    fake.resolve(call.caller.user, &project, id, call.body["resolved"] == true)?;
    fake.discussion_reply(200, &pull, id)
}

pub(super) fn reply(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let (id, user) = (call.parameter("discussion_id"), call.caller.user);
    let number = {
        let mut state = fake.state();
        let number = state.next();
        let found = state.discussions.iter_mut().find(|one| one.id == id && one.project == project.id);
        let found = found.ok_or_else(|| absent("Discussion"))?;
        let mut note = new_note(number, user, call.body["body"].as_str().unwrap_or_default());
        note.position = found.notes.first().and_then(|one| one.position.clone());
        found.notes.push(note);
        // A reply to a single note makes it a discussion.
        found.individual = false;
        number
    };
    fake.emit(user, &Event::Note(project.full_path.clone(), pull.number, number));
    let state = fake.state();
    let found = state.discussions_of(project.id, pull.number).find(|one| one.id == id);
    let found = found.ok_or_else(|| absent("Discussion"))?;
    let note = found.notes.iter().find(|one| one.id == number).ok_or_else(|| absent("Note"))?;
    Ok(Reply::json(201, &fake.note(&state, found, note)))
}

pub(super) fn edit(fake: &Inner, call: &Call) -> Answer {
    let (project, pull) = fake.pull_of(call)?;
    let id = call.parameter("discussion_id");
    if let Some(resolved) = call.body["resolved"].as_bool() {
        fake.resolve(call.caller.user, &project, id, resolved)?;
        let state = fake.state();
        let found = state.discussions_of(project.id, pull.number).find(|one| one.id == id);
        let found =
            found.and_then(|one| Some((one, one.notes.iter().find(|it| it.id == call.number("note_id"))?)));
        let (found, note) = found.ok_or_else(|| absent("Note"))?;
        return Ok(Reply::json(200, &fake.note(&state, found, note)));
    }
    if call.body["body"].as_str().is_none() {
        return Err(Reply::json(
            400,
            &json!({ "error": "body, resolved are missing, exactly one parameter must be provided" }),
        ));
    }
    fake.edit_note(call, &pull, call.number("note_id"))
}
