//! Pages of a list.

/// One page of a list. Pages are numbered from 1.
#[derive(Debug)]
pub struct Page<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// The number of items of all pages.
    pub total: usize,
    /// Number of the page.
    pub number: usize,
    /// The number of items that a full page has.
    pub size: usize,
    /// Whether a page follows each one.
    pub is_endless: bool,
}

impl<T> Page<T> {
    /// The page of that number and size, each 1 at least.
    pub fn cut(all: Vec<T>, number: usize, size: usize) -> Self {
        let (number, size, total) = (number.max(1), size.max(1), all.len());
        let items = all.into_iter().skip((number - 1).saturating_mul(size)).take(size).collect();
        Self { items, total, number, size, is_endless: false }
    }

    /// A page of a list without an end: it is full, with the items of the list again and again, and another one follows.
    pub fn endless(all: Vec<T>, number: usize, size: usize) -> Self
    where
        T: Clone,
    {
        let items = all.into_iter().cycle().take(size.max(1)).collect();
        Self { number: number.max(1), is_endless: true, ..Self::cut(items, 1, size) }
    }

    /// Number of the last page; an empty list has one. Without an end, it is the next one.
    pub fn last(&self) -> usize {
        if self.is_endless {
            return self.number + 1;
        }
        self.total.div_ceil(self.size).max(1)
    }

    /// The header `Link` (RFC 8288) with the other pages, whose numbers are the parameter `page` of the query; `None`
    /// if there is one page.
    pub fn link(&self, address: &str, query: &[(String, String)]) -> Option<String> {
        let to = |number: usize, relation: &str| {
            let mut whole = url::form_urlencoded::Serializer::new(String::new());
            whole.extend_pairs(query.iter().filter(|(name, _)| name != "page"));
            whole.append_pair("page", &number.to_string());
            format!("<{address}?{}>; rel=\"{relation}\"", whole.finish())
        };
        if self.is_endless {
            return Some(to(self.number + 1, "next"));
        }
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(to(self.number - 1, "prev"));
        }
        if self.number < self.last() {
            links.push(to(self.number + 1, "next"));
            links.push(to(self.last(), "last"));
        }
        if self.number > 1 {
            links.push(to(1, "first"));
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn pages_and_their_links() {
        let query = [("page".to_owned(), "2".to_owned()), ("q".to_owned(), "a b".to_owned())];
        let link = |number: usize, relation: &str| format!("<u?q=a+b&page={number}>; rel=\"{relation}\"");
        let table = [
            (0, 2, vec![1, 2], vec![(2, "next"), (3, "last")]),
            (2, 2, vec![3, 4], vec![(1, "prev"), (3, "next"), (3, "last"), (1, "first")]),
            (3, 2, vec![5], vec![(2, "prev"), (1, "first")]),
            (1, 9, vec![1, 2, 3, 4, 5], vec![]),
            (1, 0, vec![1], vec![(2, "next"), (5, "last")]),
        ];
        for (number, size, items, links) in table {
            let page = Page::cut(vec![1, 2, 3, 4, 5], number, size);
            let links: Vec<String> = links.iter().map(|(number, relation)| link(*number, relation)).collect();
            let links = (!links.is_empty()).then(|| links.join(", "));
            assert_eq!(
                (&page.items, page.total, page.link("u", &query)),
                (&items, 5, links),
                "{number} {size}"
            );
        }
        let endless = Page::endless(vec![1, 2, 3], 7, 2);
        assert_eq!(
            (&endless.items, endless.last(), endless.link("u", &query)),
            (&vec![1, 2], 8, Some(link(8, "next")))
        );
        assert_eq!(Page::<u8>::cut(Vec::new(), 1, 30).last(), 1);
    }
}
