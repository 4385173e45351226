//! The same controls on the resources of Terraform's provider `hashicorp/kubernetes`.

use std::collections::BTreeMap;
use std::path::Path;

use palisade_parser_terraform::Terraform;
use palisade_policies_kubernetes::PACK;
use palisade_sdk::testing::{Compared, Exception, check_cases, check_forms, unused};

/// Resources that are judged otherwise in a plan or in JSON syntax.
const EXCEPTIONS: &[Exception] = &[];

#[test]
fn resources_of_terraform_are_judged_like_manifests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    let (mut faults, mut used) = (Vec::new(), BTreeMap::new());
    let mut all = Compared::default();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().replace('_', "-");
        let text = std::fs::read_to_string(&file).unwrap();
        let id = format!("kubernetes-{name}");
        faults.extend(check_cases(&Terraform, &PACK, &id, "main.tf", &text).err());
        let case = ("main.tf", text.as_str());
        match check_forms(&Terraform, &PACK, &id, case, EXCEPTIONS, &mut used) {
            Ok(compared) => all += compared,
            Err(error) => faults.push(error),
        }
    }
    faults.extend(unused(EXCEPTIONS, &used));
    println!("{all:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
