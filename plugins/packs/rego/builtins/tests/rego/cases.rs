//! Runs every case of every file.

use std::collections::BTreeMap;

use palisade_rego_builtins::{Status, documented};

use crate::case::{Answer, Case, all, bare, ours};

#[derive(Default)]
struct Count {
    cases: usize,
    passed: usize,
    diverging: usize,
    /// Passed cases that fail in the engine alone.
    mended: usize,
}

/// Runs the cases, and records which failed and which deviate.
fn run(cases: &[Case], wrong: &mut Vec<String>, diverging: &mut Vec<String>) -> Count {
    let (ours, bare) = (ours(), bare());
    let mut count = Count::default();
    for case in cases {
        // A case that aborts the process is not run.
        let got = if case.gets == Some(Answer::Overflow) { Answer::Overflow } else { case.run(&ours) };
        count.cases += 1;
        match &case.gets {
            None if got.is(&case.want) => {
                count.passed += 1;
                // Refused here is what would never end.
                let refused = matches!(case.want, Answer::Error(_));
                count.mended += usize::from(refused || !case.run(&bare).is(&case.want));
            }
            Some(gets) if got.is(gets) => {
                count.diverging += 1;
                diverging.push(format!(
                    "{}: {}: OPA {}, here {}",
                    case.of,
                    case.note,
                    say(&case.want),
                    say(&got)
                ));
            }
            _ => wrong.push(format!(
                "{}: {}\n    want {}\n    got  {}",
                case.of,
                case.note,
                say(&case.want),
                say(&got)
            )),
        }
    }
    count
}

fn say(answer: &Answer) -> String {
    match answer {
        Answer::Value(value) => value.to_string(),
        Answer::Undefined => "undefined".to_owned(),
        Answer::Error(why) if why.is_empty() => "an error".to_owned(),
        Answer::Error(why) => {
            let lines: Vec<&str> = why.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
            format!("an error ({})", lines.last().unwrap_or(&""))
        }
        Answer::Panic => "a panic".to_owned(),
        Answer::Overflow => "an overflow of the stack".to_owned(),
    }
}

fn report(title: &str, counts: &BTreeMap<String, Count>, diverging: &[String], wrong: &[String]) {
    println!("\n{title:24} cases passed diverging mended");
    for (name, it) in counts {
        println!("{name:24} {:5} {:6} {:9} {:6}", it.cases, it.passed, it.diverging, it.mended);
    }
    let sum = |of: fn(&Count) -> usize| counts.values().map(of).sum::<usize>();
    println!(
        "{:24} {:5} {:6} {:9} {:6}",
        "all",
        sum(|it| it.cases),
        sum(|it| it.passed),
        sum(|it| it.diverging),
        sum(|it| it.mended)
    );
    for it in diverging {
        println!("diverges: {it}");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn builtins_answer_as_documented() {
    let (mut wrong, mut diverging) = (Vec::new(), Vec::new());
    let mut counts = BTreeMap::new();
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for (family, cases) in all("builtins") {
        for case in &cases {
            *of.entry(case.of.clone()).or_default() += 1;
        }
        counts.insert(family, run(&cases, &mut wrong, &mut diverging));
    }
    for builtin in documented() {
        let many = of.remove(builtin.name).unwrap_or(0);
        let absent = matches!(builtin.status, Status::Constant { .. } | Status::Absent { .. });
        if !absent && many < 3 {
            wrong.push(format!("{}: {many} cases", builtin.name));
        }
    }
    wrong.extend(of.keys().map(|it| format!("{it}: not documented")));
    let many = |word: &str| documented().iter().filter(|it| it.status.word() == word).count();
    println!(
        "documented {}, native {}, added {}, replaced {}, absent {}",
        documented().len(),
        many("native"),
        many("added"),
        many("replaced"),
        many("absent")
    );
    report("family", &counts, &diverging, &wrong);
}

#[test]
fn the_language_answers_as_documented() {
    let (mut wrong, mut diverging) = (Vec::new(), Vec::new());
    let mut counts = BTreeMap::new();
    for (subject, cases) in all("language") {
        counts.insert(subject, run(&cases, &mut wrong, &mut diverging));
    }
    report("construct", &counts, &diverging, &wrong);
}

#[test]
fn what_is_absent_says_so() {
    for builtin in documented() {
        let (Status::Absent { reason }, Some(arity)) = (builtin.status, builtin.arity) else { continue };
        let arguments = vec!["\"x\""; usize::from(arity)].join(", ");
        let mut engine = ours();
        let module = format!("package case\n\nresult := {}({arguments})\n", builtin.name);
        engine.add_policy("0.rego".to_owned(), module).unwrap();
        engine.set_strict_builtin_errors(false);
        let error = engine.eval_rule("data.case.result".to_owned()).unwrap_err().to_string();
        assert!(error.contains(builtin.name) && error.contains(reason), "{error}");
    }
}
