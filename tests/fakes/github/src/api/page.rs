//! Pages of a list, with the `Link` header (RFC 8288) to the others.

use serde_json::{Value, json};

use super::Call;
use crate::Inner;
use crate::reply::Reply;

/// One page: `per_page` is 30 by default and 100 at most; `page` begins at 1.
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) total: usize,
    link: Option<String>,
}

impl Page {
    /// The page that a request asks for.
    pub(super) fn of(fake: &Inner, call: &Call, all: Vec<Value>) -> Self {
        let number = |name: &str, otherwise: usize| {
            call.query(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
        };
        let size = number("per_page", 30).clamp(1, 100);
        let page = number("page", 1).max(1);
        let total = all.len();
        let last = total.div_ceil(size).max(1);
        let address = |to: usize| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(call.query.iter().filter(|(name, _)| name != "page"));
            query.append_pair("page", &to.to_string());
            format!("<{}{}?{}>", fake.api_url, call.path, query.finish())
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(format!("{}; rel=\"prev\"", address(page - 1)));
        }
        if page < last {
            links.push(format!("{}; rel=\"next\"", address(page + 1)));
            links.push(format!("{}; rel=\"last\"", address(last)));
        }
        if page > 1 {
            links.push(format!("{}; rel=\"first\"", address(1)));
        }
        let items = all.into_iter().skip((page - 1) * size).take(size).collect();
        Self { items, total, link: (!links.is_empty()).then(|| links.join(", ")) }
    }

    /// The page as a list.
    pub(super) fn list(self) -> Reply {
        let reply = Reply::json(200, &json!(self.items));
        linked(reply, self.link)
    }

    /// The page in an object with the total count.
    pub(super) fn counted(self, name: &str) -> Reply {
        let reply = Reply::json(200, &json!({ "total_count": self.total, name: self.items }));
        linked(reply, self.link)
    }
}

fn linked(reply: Reply, link: Option<String>) -> Reply {
    match link {
        Some(link) => reply.header("link", link),
        None => reply,
    }
}
