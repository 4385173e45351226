//! Pages of a list (developer.atlassian.com, "REST APIs", section "Pagination").

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::{Call, filter};
use crate::Inner;
use crate::reply::{Answer, invalid};

/// The sizes of the pages of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// The size of a page if the query has no `pagelen`.
    pub(super) default: usize,
    /// The largest size.
    pub(super) most: usize,
    /// Whether pages are numbered; otherwise a page has a name that only the link to it has.
    pub(super) numbered: bool,
}

/// What most lists have.
pub(super) const USUAL: Sizes = Sizes { default: 10, most: 100, numbered: true };

/// The name of a page that is not numbered.
fn name(number: usize) -> String {
    data_encoding::BASE32HEX_NOPAD.encode(format!("page {number}").as_bytes())
}

fn number(text: &str, sizes: Sizes) -> Option<usize> {
    if sizes.numbered {
        return text.parse().ok().filter(|number| *number > 0);
    }
    let bytes = data_encoding::BASE32HEX_NOPAD.decode(text.as_bytes()).ok()?;
    String::from_utf8(bytes).ok()?.strip_prefix("page ")?.parse().ok()
}

/// The requested page of a list, after its filter and its order.
pub(super) fn page(fake: &Inner, call: &Call, all: Vec<Value>, sizes: Sizes) -> Answer {
    let all = match call.query("q") {
        Some(query) => filter::select(all, query).map_err(|why| invalid(&why))?,
        None => all,
    };
    let all = match call.query("sort") {
        Some(field) => filter::sort(all, field),
        None => all,
    };
    let size = call.query("pagelen").and_then(|text| text.parse().ok()).unwrap_or(sizes.default);
    if size > sizes.most {
        return Err(invalid("Invalid pagelen"));
    }
    let wanted = call.query("page").map_or(Some(1), |text| number(text, sizes));
    let page = fake.host.page(&call.path, all, wanted.ok_or_else(|| invalid("Invalid page"))?, size);
    let to = |number: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(call.query.iter().filter(|(name, _)| name != "page"));
        query.append_pair("page", &if sizes.numbered { number.to_string() } else { name(number) });
        format!("{}{}?{}", fake.api_url, call.path, query.finish())
    };
    let mut body = json!({ "pagelen": size, "page": page.number });
    if sizes.numbered {
        body["size"] = json!(page.total);
        if page.number > 1 {
            body["previous"] = json!(to(page.number - 1));
        }
    }
    if page.number < page.last() {
        body["next"] = json!(to(page.number + 1));
    }
    body["values"] = json!(page.items);
    Ok(Reply::json(200, &body))
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn names_of_pages() {
        let opaque = Sizes { numbered: false, ..USUAL };
        assert_eq!(number(&name(7), opaque), Some(7));
        for (text, sizes, expected) in [("7", USUAL, Some(7)), ("0", USUAL, None), ("7", opaque, None)] {
            assert_eq!(number(text, sizes), expected, "{text}");
        }
    }
}
