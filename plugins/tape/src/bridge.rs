//! Converts batches to and from the types that bindings generate from `palisade:types/tape`. The tables and their
//! columns are listed only here; the macros are for the host and the SDK.

/// Passes the tables of a batch to another macro: those of rows, then those of columns.
#[doc(hidden)]
#[macro_export]
macro_rules! tables_of_a_batch {
    ($then:ident, $($arguments:tt)*) => {
        $crate::$then! {
            ($($arguments)*)
            rows {
                documents: Document { path, format },
                unknowns: Unknown { expression, reason, known_prefix, expected_type, origin },
                resources: Resource { address, kind, provider, name, format, document, root, origin, module },
                relations: Relation { from_node, to_resource, target_text, attribute },
                comments: Comment { document, origin, text },
                shapes: Shape { resource, id, root },
            }
            columns {
                strings: Strings { arena, ends },
                origins: Origins {
                    documents, starts, ends, lines, columns, end_lines, end_columns, notes, parents
                },
                nodes: Nodes { kinds, keys, values, key_origins, origins, nexts },
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! owned_batch {
    (
        ($name:ident $from:ident $into:ident)
        rows { $($table:ident: $row:ident { $($field:ident),* $(,)? },)* }
        columns { $($columns:ident: $kind:ident { $($column:ident),* $(,)? },)* }
    ) => {
        fn $name(it: $from::Batch) -> $into::Batch {
            $into::Batch {
                $($columns: $into::$kind { $($column: it.$columns.$column,)* },)*
                $($table: it.$table.into_iter().map(|it| $into::$row { $($field: it.$field,)* }).collect(),)*
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! borrowed_batch {
    (
        ($name:ident $into:ident)
        rows { $($table:ident: $row:ident { $($field:ident),* $(,)? },)* }
        columns { $($columns:ident: $kind:ident { $($column:ident),* $(,)? },)* }
    ) => {
        /// The tables of rows of a batch in the contract's types; columns are borrowed.
        pub(crate) struct $name {
            $($table: Vec<$into::$row>,)*
        }

        impl $name {
            pub(crate) fn new(batch: &$crate::Batch) -> $name {
                $name {
                    $($table: batch.$table.iter().map(|it| $into::$row { $($field: it.$field,)* }).collect(),)*
                }
            }

            pub(crate) fn wire<'a>(&'a self, batch: &'a $crate::Batch) -> $into::Batch<'a> {
                $into::Batch {
                    $($columns: $into::$kind { $($column: &batch.$columns.$column,)* },)*
                    $($table: &self.$table,)*
                }
            }
        }
    };
}

/// Defines a function that converts a batch between the types of two modules: `convert_batch!(batch: wire => tape);`.
/// One of them is this crate, the other the generated bindings of `palisade:types/tape`.
#[macro_export]
macro_rules! convert_batch {
    ($name:ident: $from:ident => $into:ident) => {
        $crate::tables_of_a_batch! { owned_batch, $name $from $into }
    };
}

/// Defines a struct that lends a batch in the types of bindings: `lend_batch!(Tables: wire);`. Columns are not copied.
#[macro_export]
macro_rules! lend_batch {
    ($name:ident: $into:ident) => {
        $crate::tables_of_a_batch! { borrowed_batch, $name $into }
    };
}
