//! How each guest must end.

use palisade_catalog::Step;

/// How a guest ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It is not admitted: the step, and the beginning of the reason.
    Refused(Step, &'static str),
    /// One of its calls is stopped: which one, and the beginning of the fault.
    Stopped(&'static str, &'static str),
    /// It achieves nothing and has no fault.
    Harmless,
}

use End::{Harmless, Refused, Stopped};
use Step::{Describe, Grants, Manifest, Validity, World};

/// Every guest, by its target.
pub(crate) const ENDS: &[(&str, End)] = &[
    // Time.
    ("judge_loop", Stopped("judge", "used up its 300 ms of CPU time")),
    ("parse_loop", Stopped("parse", "used up its 300 ms of CPU time")),
    ("claim_loop", Stopped("claim", "used up its 300 ms of CPU time")),
    ("start_loop", Refused(Describe, "used up its 300 ms of CPU time")),
    ("describe_loop", Refused(Describe, "used up its 300 ms of CPU time")),
    ("wait_in_host", Stopped("parse", "was not done after 1500 ms")),
    // Memory, tables, stack.
    ("memory_growth", Stopped("judge", "wanted more than its 64 MiB of memory")),
    ("describe_memory", Refused(Describe, "wanted more than its 64 MiB of memory")),
    ("gc_growth", Stopped("parse", "wanted more than its 64 MiB of memory")),
    ("table_growth", Stopped("parse", "wanted more than 20000 table elements")),
    ("deep_recursion", Stopped("judge", "nested its calls deeper than its stack")),
    ("deep_frames", Stopped("judge", "trapped: out of bounds memory access")),
    // Traps.
    ("traps", Stopped("judge", "trapped: wasm `unreachable` instruction executed")),
    ("panics", Stopped("judge", "panicked: panicked at tests/guests/examples/panics.rs:")),
    ("apart_panics", Stopped("parse", "panicked: panicked at tests/guests/examples/apart_panics.rs:")),
    ("panic_escapes", Stopped("judge", "panicked: panicked at tests/guests/examples/panic_escapes.rs:")),
    ("gives_up", Stopped("judge", "gave up: \u{fffd}[2Jno more")),
    ("describe_traps", Refused(Describe, "trapped: wasm `unreachable` instruction executed")),
    // Output.
    ("huge_output", Stopped("judge", "handed over more than 64 MiB at once")),
    ("lying_length", Stopped("judge", "broke the contract: string pointer/length out of bounds of memory")),
    ("invalid_utf8", Stopped("judge", "broke the contract: invalid utf-8")),
    ("findings_flood", Stopped("judge", "reported more than 1000 outcomes")),
    (
        "outcome_control",
        Stopped("judge", "broke the contract: an outcome names control 7, which was not asked for"),
    ),
    (
        "outcome_resource",
        Stopped("judge", "broke the contract: an outcome of `outcome-resource` names resource"),
    ),
    ("outcome_node", Stopped("judge", "broke the contract: an outcome of `outcome-node` on `")),
    ("outcome_related", Stopped("judge", "broke the contract: an outcome of `outcome-related` on `")),
    ("passed_length", Stopped("judge", "broke the contract: passes are counted for each enabled control")),
    ("passed_lies", Stopped("judge", "broke the contract: more passes than subjects")),
    ("tape_nexts", Stopped("parse", "broke the contract: tape: nodes.nexts row 2: subtrees must nest")),
    ("tape_endless", Stopped("parse", "broke the contract: tape: nodes.nexts row 2: subtrees must nest")),
    ("tape_ends", Stopped("parse", "broke the contract: tape: strings.ends row 6: an end must be")),
    ("tape_characters", Stopped("parse", "broke the contract: tape: strings.ends row 6: an end must be")),
    ("tape_parents", Stopped("parse", "broke the contract: tape: origins.parents row 0: a parent must be")),
    ("tape_links", Stopped("parse", "broke the contract: tape: nodes.values row 0: no such")),
    ("tape_columns", Stopped("parse", "broke the contract: tape: nodes row 3: columns differ in length")),
    ("tape_kinds", Stopped("parse", "broke the contract: tape: nodes.kinds row 1: no such kind")),
    ("tape_resource", Stopped("parse", "broke the contract: tape: resources row 0: no such")),
    ("claim_flood", Stopped("claim", "broke the contract: more units than candidates")),
    ("claim_outside", Stopped("claim", "broke the contract: unit `x` claims a candidate that was not")),
    ("claim_nothing", Stopped("claim", "broke the contract: unit `\u{fffd}[2J` claims nothing")),
    ("claim_format", Stopped("claim", "broke the contract: unit `claim-format.bait` is of a format")),
    ("claim_steals", Stopped("claim", "broke the contract: unit `a/b/c/d/e/f/g/h/i/j` claims")),
    (
        "coverage_foreign",
        Stopped("parse", "broke the contract: coverage names each file of the unit exactly"),
    ),
    (
        "coverage_forgets",
        Stopped("parse", "broke the contract: coverage names each file of the unit exactly"),
    ),
    ("coverage_twice", Stopped("parse", "broke the contract: coverage names each file of the unit exactly")),
    (
        "address_twice",
        Stopped("parse", "broke the contract: two resources of `address-twice.bait` have the address `same`"),
    ),
    (
        "origin_beyond",
        Stopped("parse", "broke the contract: a place in `origin-beyond.bait` ends at byte 1000000, and"),
    ),
    (
        "document_foreign",
        Stopped("parse", "broke the contract: document `app/deployment.yaml` is not a file that it read"),
    ),
    ("control_twice", Refused(Describe, "broke the contract: control id `control-twice` stands twice")),
    ("control_escapes", Refused(Describe, "broke the contract: control id `\u{fffd}[2J`: letters, digits")),
    ("controls_flood", Refused(Describe, "broke the contract: more than 10000 controls")),
    ("fat_control", Refused(Describe, "broke the contract: control `fat-control` has more than 256 aliases")),
    (
        "parameter_unfit",
        Refused(
            Describe,
            "default of parameter `parameter-unfit.minimum` does not fit its schema: 1 is less than",
        ),
    ),
    (
        "parameter_endless",
        Refused(
            Describe,
            "parameter `parameter-endless.minimum`: schema of the parameter is invalid: `$ref` is unsupported in parameters",
        ),
    ),
    ("bad_glob", Refused(Describe, "invalid pattern of its format `bait`: ")),
    // Calls of the host.
    ("log_flood", Stopped("judge", "wrote more than 50 lines of log")),
    ("log_escapes", Harmless),
    ("clock_flood", Stopped("judge", "called the host more than 200000 times")),
    ("stat_flood", Stopped("parse", "called the host more than 200000 times")),
    ("read_set_flood", Stopped("parse", "called the host more than 200000 times")),
    ("path_tricks", Harmless),
    ("swallows_errors", Harmless),
    ("claim_hides", Harmless),
    ("claim_ignores", Harmless),
    ("counter", Harmless),
    ("sees_beside", Harmless),
    ("handle_twice", Stopped("parse", "broke the contract: unknown handle index")),
    ("handle_made_up", Stopped("parse", "broke the contract: unknown handle index")),
    ("borrow_kept", Stopped("parse", "broke the contract: borrow handles still remain")),
    ("outcome_escapes", Harmless),
    ("address_escapes", Harmless),
    ("root_escapes", Stopped("claim", "broke the contract: unit `\u{fffd}[2J\u{fffd}` claims")),
    // The component and its manifest.
    ("exports_nothing", Refused(World, "unknown world, it exports nothing")),
    ("export_hollow", Refused(World, "it does not implement the world `parser`")),
    (
        "wasi_import",
        Refused(World, "it imports `wasi:cli/environment@0.2.0`, which the world `parser` does not have"),
    ),
    (
        "http_import",
        Refused(World, "it imports `palisade:host/http@0.1.0`, which the world `pack` does not have"),
    ),
    (
        "world_lies",
        Refused(Manifest, "the manifest declares the world `parser`, but the component implements `pack`"),
    ),
    (
        "clock_unasked",
        Refused(Manifest, "the component imports `clock`, which its manifest does not request"),
    ),
    ("atomic_wait", Refused(Validity, "not a valid component: threads must be enabled for shared memories")),
    ("memory64", Refused(Validity, "not a valid component: memory64 must be enabled")),
    (
        "notifier_world",
        Refused(Grants, "it requests capability `credentials`, capability `http`, which is not"),
    ),
];
