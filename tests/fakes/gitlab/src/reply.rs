//! Responses in GitLab's format.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use crate::Inner;
use crate::api::Call;

/// How many items have no total (docs.gitlab.com, "REST API", section "Offset-based pagination", "Pagination response
/// headers").
const COUNTED: usize = 10_000;

/// An error of the application: `message`.
pub(crate) fn message(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message }))
}

/// An error of parameters or of credentials: `error`.
pub(crate) fn error(status: u16, error: &str) -> Reply {
    Reply::json(status, &json!({ "error": error }))
}

/// The error of an object that does not exist.
pub(crate) fn absent(what: &str) -> Reply {
    message(404, &format!("404 {what} Not Found"))
}

/// The error of a missing role.
pub(crate) fn forbidden() -> Reply {
    message(403, "403 Forbidden")
}

/// A parameter of the query as a number.
pub(crate) fn number(call: &Call, name: &str) -> Option<usize> {
    call.query(name).and_then(|text| text.parse().ok())
}

/// The number of items of a page: 20 by default, 100 at most.
pub(crate) fn page_size(call: &Call) -> usize {
    number(call, "per_page").unwrap_or(20).clamp(1, 100)
}

impl Inner {
    /// A page of a list, with the headers of pages that have numbers.
    pub(crate) fn page(&self, call: &Call, all: Vec<Value>) -> Reply {
        let wanted = number(call, "page").unwrap_or(1);
        let page = self.host.page(&call.path, all, wanted, page_size(call));
        let (at, last) = (page.number, page.last());
        let mut reply = Reply::json(200, &Value::Array(page.items.clone()))
            .header("x-page", at.to_string())
            .header("x-per-page", page.size.to_string())
            .header("x-next-page", if at < last { (at + 1).to_string() } else { String::new() })
            .header("x-prev-page", if at > 1 { (at - 1).to_string() } else { String::new() });
        if page.total <= COUNTED && !page.is_endless {
            reply = reply.header("x-total", page.total.to_string()).header("x-total-pages", last.to_string());
        }
        match page.link(&format!("{}{}", self.url, call.path), &call.query) {
            Some(link) => reply.header("link", link),
            None => reply,
        }
    }

    /// A page of a list that continues after a key: the parameter of that name in the link to the next page. `key` is
    /// that of an item.
    pub(crate) fn keyset(
        &self,
        call: &Call,
        all: Vec<Value>,
        parameter: &str,
        key: impl Fn(&Value) -> String,
    ) -> Reply {
        let size = page_size(call);
        let more = all.len() > size;
        let items: Vec<Value> = all.into_iter().take(size).collect();
        let next = items.last().filter(|_| more).map(key);
        let reply = Reply::json(200, &Value::Array(items)).header("x-per-page", size.to_string());
        let Some(next) = next else { return reply };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(call.query.iter().filter(|(name, _)| name != parameter && name != "page"));
        query.append_pair(parameter, &next);
        let address = format!("{}{}?{}", self.url, call.path, query.finish());
        reply.header("link", format!("<{address}>; rel=\"next\""))
    }
}
