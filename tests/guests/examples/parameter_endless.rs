//! Has a parameter whose schema refers to itself. It must be refused.

use palisade_test_guests::pack::{Control, Info, Pack, Parameter, Stricter, control, info};

/// The guest.
#[derive(Debug)]
pub struct ParameterEndless;

impl Pack for ParameterEndless {
    const NAME: &'static str = "parameter-endless";

    fn describe() -> Info {
        let parameter = Parameter {
            name: "minimum".to_owned(),
            title: String::new(),
            schema: r##"{"$ref": "#"}"##.to_owned(),
            default: "1".to_owned(),
            stricter: Stricter::Larger,
        };
        info(vec![Control { parameters: vec![parameter], ..control(Self::NAME) }])
    }
}

palisade_test_guests::export_pack!(ParameterEndless);
