//! A table of the formats that each control judges.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Control;
use crate::attribute::{Format, Holder};
use crate::pack::{EVERY_KIND, Pack};
use crate::rule::Rule;

/// The columns. A plan has the kinds of Terraform, so it needs no column.
const FORMATS: [Format; 2] = [Format::Kubernetes, Format::Terraform];

/// The formats whose own kinds have a shape, according to the shape tables of this program. Objects in an attribute of
/// a resource (`kubernetes_manifest`) do not count: they have the kinds of another format.
fn formats_of_shape(id: &str) -> BTreeSet<&'static str> {
    let tables = palisade_shape_tables::tables().unwrap_or_default();
    let mut formats = BTreeSet::new();
    for table in tables {
        let defined = table.define.iter().map(|it| (&it.id, &it.from));
        let extended = table.extend.iter().map(|it| (&it.id, &it.from));
        let sources = defined.chain(extended).filter(|(shape, _)| *shape == id).flat_map(|(_, from)| from);
        formats.extend(sources.flat_map(|it| it.formats.iter().map(String::as_str)));
    }
    formats
}

/// The format of a kind: Terraform for `aws_s3_bucket`, Kubernetes for `Pod`.
fn format_of_kind(kind: &str) -> Format {
    let is_snake = kind.contains('_') && !kind.chars().any(char::is_uppercase);
    if is_snake { Format::Terraform } else { Format::Kubernetes }
}

/// Whether a control judges resources of a format.
fn judges(control: &Control, format: Format) -> bool {
    let has_shape = |id: &str| formats_of_shape(id).contains(format.id());
    let by_attribute = control.judges.iter().any(|it| match it.of {
        Holder::Kind(of, _) => of == format,
        Holder::Shape(id) => has_shape(id),
    });
    let is_understood = control.formats.is_empty() || control.formats.contains(&format.id());
    let by_kind = control.kinds.iter().any(|it| *it == EVERY_KIND || format_of_kind(it) == format);
    by_attribute || (is_understood && (by_kind || control.shapes.iter().any(|it| has_shape(it))))
}

/// A row for each control, a column for each format.
pub(super) fn table(pack: &Pack) -> String {
    let mut table = String::new();
    let mut line = |first: &str, cells: [&str; 2]| {
        let [one, other] = cells;
        let row = format!("{first:48} {one:12} {other}");
        let _ = writeln!(table, "{}", row.trim_end());
    };
    line("control", FORMATS.map(Format::id));
    for control in pack.controls {
        let way = match control.rule {
            Rule::Must(_) => "attribute",
            Rule::Coded(_) => "function",
        };
        line(control.id, FORMATS.map(|format| if judges(control, format) { way } else { "-" }));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::Control;
    use crate::attribute::{Must, kubernetes, shape, terraform};
    use crate::pack::Pack;
    use crate::rule::Rule;

    const MUST: Control = Control { rule: Rule::Must(Must::TEMPLATE), ..Control::TEMPLATE };
    static SHAPE: Control = Control { id: "a", judges: &[shape("kubernetes.pod@1", "spec")], ..MUST };
    static UNDEFINED: Control = Control { id: "b", judges: &[shape("other.shape@1", "spec")], ..MUST };
    static BOTH: Control =
        Control { id: "c", judges: &[terraform("aws_a", "b"), kubernetes("Pod", "spec")], ..MUST };
    static KIND: Control = Control { id: "d", kinds: &["data.aws_a"], ..Control::TEMPLATE };
    static OBJECT: Control = Control { id: "e", kinds: &["Service"], ..Control::TEMPLATE };
    static EVERY: Control = Control { id: "f", kinds: &["*"], ..Control::TEMPLATE };
    static ONE_FORMAT: Control = Control { id: "g", formats: &["kubernetes"], ..EVERY };
    static PACK: Pack =
        Pack { title: "Test", controls: &[&SHAPE, &UNDEFINED, &BOTH, &KIND, &OBJECT, &EVERY, &ONE_FORMAT] };

    #[test]
    fn a_control_judges_the_formats_of_its_kinds_and_shapes() {
        let rows: Vec<String> =
            table(&PACK).lines().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let expected = [
            "control kubernetes terraform",
            "a attribute attribute",
            "b - -",
            "c attribute attribute",
            "d - function",
            "e function -",
            "f function function",
            "g function -",
        ];
        assert_eq!(rows, expected);
    }
}
