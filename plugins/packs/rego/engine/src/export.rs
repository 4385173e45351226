//! How the engine gets its folder: see `palisade-rego-order`.

use palisade_rego::{Control, Dialect, Namespaces, Problem, Settings, TestRun, Version, compile};
use palisade_rego_order::{Answer, Covered, Found, Order, Remark, Task, Tested};

use crate::{LOADED, Loaded, describe, settings};

/// Executes an order. After a build without problems, this module is a pack.
pub fn answer(order: Order) -> Answer {
    let namespaces = match order.namespaces.as_slice() {
        [] => Namespaces::default(),
        all if all.iter().any(|it| it == "*") => Namespaces::All,
        _ => Namespaces::These(order.namespaces),
    };
    let settings = Settings { namespaces, ..settings() };
    let mut files = order.files;
    if order.task == Task::Build {
        files.retain(|(path, _)| !path.ends_with("_test.rego"));
    }
    let mut program = match compile(&files, &settings) {
        Ok(program) => program,
        Err(problems) => {
            return Answer { problems: problems.0.iter().map(remark).collect(), ..Answer::default() };
        }
    };
    let mut answer = Answer { controls: program.controls().iter().map(found).collect(), ..Answer::default() };
    if answer.controls.is_empty() {
        answer.problems.push(Remark {
            file: String::new(),
            line: 0,
            column: 0,
            text: "no control: a pack has rules `deny`, `violation` or `warn` in package `main` (or a namespace that \
                   is named), `risky` in package `sysdig`, or `violation` in a package below `palisade`"
                .to_owned(),
        });
        return answer;
    }
    for control in program.controls() {
        let place = |text| Remark {
            file: control.file.clone(),
            line: control.place.line,
            column: control.place.column,
            text,
        };
        answer.warnings.extend(describe::remarks(control).into_iter().map(place));
    }
    for file in program.unused() {
        let text = "not used: put data into files called `data` or into a folder `data`, and metadata beside its control";
        answer.warnings.push(Remark { file: file.clone(), line: 0, column: 0, text: text.to_owned() });
    }
    for (file, _) in program.versions().iter().filter(|(_, version)| *version == Version::V0) {
        let text = "written in Rego v0: it runs, and OPA 1.x asks for v1 (`opa fmt --v0-v1` rewrites it)";
        answer.warnings.push(Remark { file: file.clone(), line: 0, column: 0, text: text.to_owned() });
    }
    answer.warnings.sort();
    match order.task {
        Task::Test => {
            let TestRun { results, coverage } = program.test();
            answer.tests = results
                .into_iter()
                .map(|it| Tested {
                    file: it.file,
                    line: it.line,
                    name: it.name,
                    passed: it.passed,
                    error: it.error,
                })
                .collect();
            answer.coverage = coverage
                .into_iter()
                .map(|it| Covered { file: it.file, reached: it.covered, missed: it.missed })
                .collect();
        }
        Task::Build => {
            program.prime();
            LOADED.set(Loaded { title: order.title, program: Some(program) });
        }
    }
    answer
}

fn found(it: &Control) -> Found {
    let dialect = match it.dialect {
        Dialect::Own => "palisade",
        Dialect::Reference => "sysdig",
        Dialect::Conftest => "conftest",
    };
    Found {
        id: it.id.clone(),
        title: it.metadata.title.clone(),
        dialect: dialect.to_owned(),
        file: it.file.clone(),
        line: it.place.line,
    }
}

fn remark(it: &Problem) -> Remark {
    let text = if it.fix.is_empty() { it.what.clone() } else { format!("{}; {}", it.what, it.fix) };
    Remark { file: it.file.clone(), line: it.place.line, column: it.place.column, text }
}

/// The exports of the module, in addition to those of the world.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod exports {
    use std::cell::RefCell;

    use palisade_rego_order::{Answer, Order, Remark, read, write};
    use palisade_sdk::memory::prepare;

    thread_local! {
        /// The order while it is written, and then the answer.
        static MESSAGE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    fn address() -> usize {
        MESSAGE.with_borrow(|message| message.as_ptr() as usize)
    }

    #[expect(unsafe_code, reason = "the name of an export")]
    #[unsafe(no_mangle)]
    extern "C" fn palisade_rego_room(bytes: usize) -> usize {
        MESSAGE.set(vec![0; bytes]);
        address()
    }

    #[expect(unsafe_code, reason = "the name of an export")]
    #[unsafe(no_mangle)]
    extern "C" fn palisade_rego_take() -> usize {
        palisade_sdk::log::install_panic_hook();
        // If the answer cannot be serialized it is empty, which the host reports as an error.
        MESSAGE.set(prepare(|| write(&take(MESSAGE.take())).unwrap_or_default()));
        MESSAGE.with_borrow(Vec::len)
    }

    fn take(message: Vec<u8>) -> Answer {
        let order = read::<Order>(&message);
        drop(message);
        match order {
            Ok(order) => super::answer(order),
            Err(error) => {
                let problem = Remark { file: String::new(), line: 0, column: 0, text: error.to_string() };
                Answer { problems: vec![problem], ..Answer::default() }
            }
        }
    }

    #[expect(unsafe_code, reason = "the name of an export")]
    #[unsafe(no_mangle)]
    extern "C" fn palisade_rego_answer() -> usize {
        address()
    }
}
