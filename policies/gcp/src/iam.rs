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
