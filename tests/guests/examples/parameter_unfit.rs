//! Has a parameter whose default does not fit its schema. It must be refused.

use palisade_test_guests::pack::{Control, Info, Pack, Parameter, Stricter, control, info};

/// The guest.
#[derive(Debug)]
pub struct ParameterUnfit;

impl Pack for ParameterUnfit {
    const NAME: &'static str = "parameter-unfit";

    fn describe() -> Info {
        let parameter = Parameter {
            name: "minimum".to_owned(),
            title: String::new(),
            schema: r##"{"type": "integer", "minimum": 10}"##.to_owned(),
            default: "1".to_owned(),
            stricter: Stricter::Larger,
        };
        info(vec![Control { parameters: vec![parameter], ..control(Self::NAME) }])
    }
}

palisade_test_guests::export_pack!(ParameterUnfit);
