//! Scratch.
fn main() {
    let v: Vec<String> = std::env::args().skip(1).collect();
    let files: Vec<_> = v.iter().filter(|a| a.ends_with("rego") || a.ends_with("yaml")|| a.ends_with("yml") || (a.ends_with("json") && !a.starts_with("@"))).map(|p| (p.clone(), std::fs::read_to_string(p).unwrap())).collect();
    let t = std::time::Instant::now();
    let s = palisade_rego::Settings { namespaces: palisade_rego::Namespaces::All, ..Default::default() };
    let r = palisade_rego::compile(&files, &s);
    println!("compile {:?}", t.elapsed());
    let mut p = match r { Ok(p) => p, Err(e) => { println!("{} problems\n{}", e.0.len(), e.to_string().chars().take(6000).collect::<String>()); return } };
    let t = std::time::Instant::now(); p.prime(); println!("prime {:?} {} controls", t.elapsed(), p.controls().len());
    for a in v.iter().filter_map(|a| a.strip_prefix("@")) {
        let input = regorus::Value::from_yaml_str(&std::fs::read_to_string(a).unwrap()).unwrap();
        let t = std::time::Instant::now();
        for i in 0..p.controls().len() { match p.judge(i, &input) { Ok(v) => for f in v.found { println!("{} {:?} {:?} {}", p.controls()[i].id, f.message, f.path, f.implied) }, Err(e) => println!("FAIL {e}") } }
        println!("judged {:?}", t.elapsed());
    }
}
