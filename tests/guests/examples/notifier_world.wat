;; A good plugin, as far as can be seen, of a world that this version does not run. It must be refused at `link`.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    unreachable)
  (func (export "palisade:notifier/notifier@0.1.0#describe") (result i32)
    unreachable)
  (func (export "palisade:notifier/notifier@0.1.0#notify")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    unreachable))
