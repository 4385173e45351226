//! Who is granted what: members and bindings.

use palisade_sdk::Node;
use palisade_sdk::rule::Answer;
use palisade_sdk::terraform::values;

/// Who is granted a role, at a member, a binding or a policy document.
fn members(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = values(root, "member");
    found.extend(values(root, "members"));
    found
}

/// Whether everybody is granted something.
pub(crate) fn everybody(root: Node<'_>) -> Answer<'_> {
    Answer::any(members(root), |text| matches!(text, "allUsers" | "allAuthenticatedUsers"))
}

/// Whether an account is the one that every project's machines have until they are given another.
pub(crate) fn is_default(email: &str) -> bool {
    email.ends_with("-compute@developer.gserviceaccount.com")
}
