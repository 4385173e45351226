fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().unwrap();
    let query = args.next().unwrap();
    let input = args.next().unwrap_or("{}".into());
    let mut e = regorus::Engine::new();
    let v0 = std::env::var("V0").is_ok();
    e.set_rego_v0(v0);
    e.set_strict_builtin_errors(false);
    let t = std::time::Instant::now();
    println!("add: {:?} {:?}", e.add_policy("f.rego".into(), std::fs::read_to_string(file).unwrap()).map_err(|e|println!("{e}")), t.elapsed());
    e.set_input(regorus::Value::from_json_str(&input).unwrap());
    match e.eval_rule(query) { Ok(v) => println!("{}", v.to_json_str().unwrap()), Err(e) => println!("ERR {e}") }
}
