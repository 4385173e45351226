//! What `palisade:provider` and the imports of its world are in Rust.

wit_bindgen::generate!({
    path: "../../wit",
    world: "palisade:worlds/provider",
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export_world",
    default_bindings_module: "palisade_sdk::bindings::provider::generated",
});
