//! Properties that hold for every text, in each format.

#![cfg(test)]

mod common;

use palisade_sdk::testing::check_places;
use proptest::prelude::*;

const NAMES: [&str; 8] =
    ["a.yaml", "a.json", "a.toml", "a.tf", "Dockerfile", "a.ini", ".env", "a.properties"];

/// The files of `cases`, with a few bytes replaced, and possibly truncated.
fn damaged() -> impl Strategy<Value = (String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<(String, String)> = files
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    let edit = (any::<prop::sample::Index>(), 0usize..6, pieces());
    let cut = prop::option::of(any::<prop::sample::Index>());
    (prop::sample::select(texts), prop::collection::vec(edit, 0..4), cut).prop_map(
        |((name, mut text), edits, cut)| {
            for (at, length, piece) in edits {
                let start = text.floor_char_boundary(at.index(text.len() + 1));
                let end = text.ceil_char_boundary((start + length).min(text.len()));
                text.replace_range(start..end, &piece);
            }
            if let Some(cut) = cut {
                text.truncate(text.floor_char_boundary(cut.index(text.len() + 1)));
            }
            (name, text)
        },
    )
}

/// Texts that have a meaning in one of the formats.
fn pieces() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a",
        "b.c",
        "=",
        ":",
        ": ",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\"",
        "'",
        "`",
        "\"\"\"",
        "'''",
        "\\",
        "\\\n",
        "#",
        "# palisade: x",
        ";",
        "!",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "(",
        ")",
        ",",
        "${",
        "%{if a}",
        "%{endif}",
        "$A",
        "${A}",
        "A=",
        "<<EOF\n",
        "<<-EOF",
        "EOF\n",
        "EOF",
        "FROM a\n",
        "RUN ",
        "ENV ",
        "ONBUILD ",
        "HEALTHCHECK ",
        "LABEL a=",
        "--flag=",
        "--",
        "[\"a\", \"b\"]",
        "export ",
        "---\n",
        "&x ",
        "*x",
        "é",
        "😀",
        "\0",
        "\u{feff}",
        "\u{85}",
        "\\u00e9",
        "0x1",
        "1e3",
        "true",
        "null",
        "/*",
        "*/",
        "{{ x }}",
        "? ",
        "- ",
        "x \"y\" \"z\" {\n",
        "}\n",
        "a = ",
        "escape=`\n",
        "# escape=`\n",
    ])
    .prop_map(str::to_owned)
}

fn check(name: &str, text: &str) {
    check_places(text, &common::parse(name, text));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_gives_a_sound_batch(name in prop::sample::select(&NAMES[..]), text in "\\PC*") {
        check(name, &text);
    }

    #[test]
    fn any_pieces_give_a_sound_batch(
        name in prop::sample::select(&NAMES[..]),
        pieces in prop::collection::vec(pieces(), 0..40),
    ) {
        check(name, &pieces.concat());
    }

    #[test]
    fn damaged_files_give_a_sound_batch((name, text) in damaged()) {
        check(&name, &text);
    }
}
