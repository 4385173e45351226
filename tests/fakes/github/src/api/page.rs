//! Pages of a list, with the `Link` header (RFC 8288) to the others.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::Call;
use crate::Inner;

/// One page: `per_page` is 30 by default and 100 at most; `page` begins at 1.
pub(super) struct Page {
    page: palisade_fake_host::Page<Value>,
    link: Option<String>,
}

impl Page {
    /// The page that a request asks for.
    pub(super) fn of(fake: &Inner, call: &Call, all: Vec<Value>) -> Self {
        let number = |name: &str, otherwise: usize| {
            call.query(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
        };
        let size = number("per_page", 30).clamp(1, 100);
        let page = fake.host.page(&call.path, all, number("page", 1), size);
        let link = page.link(&format!("{}{}", fake.api_url, call.path), &call.query);
        Self { page, link }
    }

    /// The page as a list.
    pub(super) fn list(self) -> Reply {
        linked(Reply::json(200, &json!(self.page.items)), self.link)
    }

    /// The page in an object with the total count.
    pub(super) fn counted(self, name: &str) -> Reply {
        let body = json!({ "total_count": self.page.total, name: self.page.items });
        linked(Reply::json(200, &body), self.link)
    }
}

fn linked(reply: Reply, link: Option<String>) -> Reply {
    match link {
        Some(link) => reply.header("link", link),
        None => reply,
    }
}
