//! The same controls on the resources of Terraform's provider `hashicorp/kubernetes`.

use std::path::Path;

use palisade_parser_terraform::Terraform;
use palisade_policies_kubernetes::PACK;
use palisade_sdk::testing::check_cases;

#[test]
fn resources_of_terraform_are_judged_like_manifests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform");
    let mut faults = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().replace('_', "-");
        let text = std::fs::read_to_string(&file).unwrap();
        faults.extend(check_cases(&Terraform, &PACK, &format!("kubernetes-{name}"), "main.tf", &text).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
