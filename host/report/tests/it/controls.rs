//! Pages of controls.

use std::sync::Arc;

use insta::assert_snapshot;
use palisade_domain::{Control, Severity};
use palisade_report::{control_page, control_page_name, controls_index};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use crate::sample::control;

#[test]
fn a_page() {
    assert_snapshot!(control_page(&control("kubernetes-host-network")));
}

#[test]
fn nothing_but_a_name() {
    let bare = Control {
        kinds: Vec::new(),
        formats: Vec::new(),
        aliases: Arc::default(),
        policies: Arc::default(),
        docs: palisade_domain::Docs::default(),
        parameters: Vec::new(),
        safe_fixes: Vec::new(),
        ..control("a")
    };
    assert_snapshot!(control_page(&bare), @"
    # a

    | | |
    | --- | --- |
    | Control | `a` |
    | Severity | high |
    | Pack | `a` |
    ");
}

#[test]
fn an_index() {
    let mut low = control("kubernetes-a");
    low.pack = "kubernetes".to_owned();
    low.severity = Severity::Low;
    let mut critical = control("kubernetes-z");
    critical.pack = "kubernetes".to_owned();
    critical.severity = Severity::Critical;
    assert_snapshot!(controls_index(&[low, control("aws-x"), critical]), @"
    # Controls

    3 controls: 1 critical, 1 high, 0 medium, 1 low

    ## aws-x

    | Control | Severity | Title |
    | --- | --- | --- |
    | [`aws-x`](aws-x.md) | high | aws-x |

    ## kubernetes

    | Control | Severity | Title |
    | --- | --- | --- |
    | [`kubernetes-z`](kubernetes-z.md) | critical | kubernetes-z |
    | [`kubernetes-a`](kubernetes-a.md) | low | kubernetes-a |
    ");
}

#[test]
fn the_name_of_a_page_is_that_of_a_file_beside_it() {
    for (id, name) in [("aws-s3", "aws-s3.md"), ("../a b/ö", "---a-b--.md")] {
        assert_eq!(control_page_name(&control(id)), name);
    }
}

/// An example cannot close its block, and a name cannot add markup.
#[test]
fn texts_stay_in_their_place() {
    for text in
        ["```\n<script>", "````", "~~~~\n</pre>", "a | b", "[x](http://y)", "<b>", "`", "\n# x", "</details>"]
    {
        let page = control_page(&control(text));
        let usual = control_page(&control("text"));
        let shape = |page: &str| {
            Parser::new_ext(page, Options::ENABLE_TABLES)
                .filter_map(|event| match event {
                    Event::Start(tag) => Some(format!("{:?}", std::mem::discriminant(&tag))),
                    Event::Html(_) | Event::InlineHtml(_) => panic!("{page}"),
                    Event::Rule => Some("rule".to_owned()),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&page), shape(&usual), "{page}");
        let blocks = Parser::new(&page)
            .filter(|it| matches!(it, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))))
            .count();
        assert_eq!(blocks, 2, "{page}");
    }
}
