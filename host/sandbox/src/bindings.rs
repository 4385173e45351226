//! Bindings that wasmtime generates from the contract. Only this crate uses these types.

/// The world `parser`; its imports are those of `palisade:host` that a parser may have.
pub(crate) mod parser {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "palisade:worlds/parser",
        imports: { default: async | trappable },
        exports: { default: async },
        with: { "palisade:host/snapshot.tree": crate::handles::Tree },
        require_store_data_send: true,
    });
}

/// The world `pack`. Imports that it shares with other worlds are bound once. Its records borrow the host's data, so
/// that a batch is not copied for each pack.
pub(crate) mod pack {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "palisade:worlds/pack",
        imports: { default: async | trappable },
        exports: { default: async },
        with: { "palisade:host/log": super::parser::palisade::host::log },
        ownership: Borrowing { duplicate_if_necessary: true },
        require_store_data_send: true,
    });
}

/// The world `provider`. Credentials and blobs are resources of the host; a guest has handles to them.
pub(crate) mod provider {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "palisade:worlds/provider",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "palisade:host/log": super::parser::palisade::host::log,
            "palisade:host/clock": super::pack::palisade::host::clock,
            "palisade:host/settings": super::pack::palisade::host::settings,
            "palisade:host/credentials.credential": crate::handles::HeldCredential,
            "palisade:host/blobs.blob": crate::handles::KeptBlob,
        },
        require_store_data_send: true,
    });
}

#[cfg(test)]
mod sketched {
    //! Worlds that the host does not run yet; their bindings compile, which shows that they are valid.

    mod detector {
        wasmtime::component::bindgen!({
            path: "../../wit",
            world: "palisade:worlds/detector",
            imports: { default: async | trappable },
            exports: { default: async },
        });
    }
    mod notifier {
        wasmtime::component::bindgen!({
            path: "../../wit",
            world: "palisade:worlds/notifier",
            imports: { default: async | trappable },
            exports: { default: async },
        });
    }
}
