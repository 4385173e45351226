;; Grows a table until it is stopped.
(module
  (import "palisade:host/snapshot@0.1.0" "[resource-drop]tree" (func $drop (param i32)))
  (memory (export "memory") 2)
  (table $table 1 funcref)
  ;; A bump allocator: calls are short, and every one has an instance of its own.
  (global $next (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))

  ;; One format: id, title, one glob.
  (data (i32.const 16) "\28\00\00\00\01\00\00\00") ;; info: formats at 40, one
  (data (i32.const 40) "\80\00\00\00\04\00\00\00") ;; id at 128
  (data (i32.const 48) "\80\00\00\00\04\00\00\00") ;; title, the same
  (data (i32.const 56) "\70\00\00\00\01\00\00\00") ;; globs at 112, one; the other lists are empty
  (data (i32.const 112) "\a0\00\00\00\14\00\00\00")  ;; at 160
  (data (i32.const 128) "bait")
  (data (i32.const 160) "**/table-growth.bait")
  (func (export "palisade:parser/parser@0.1.0#describe") (result i32)
    (i32.const 16))

  ;; One unit, which owns the first candidate.
  (data (i32.const 256) "\00\00\00\00\00\00\00\00\10\01\00\00\01\00\00\00") ;; ok, units at 272, one
  (data (i32.const 272) "\00\00\00\00\00\00\00\00") ;; root: the empty text
  (data (i32.const 280) "\00\00\00\00")                 ;; format 0
  (data (i32.const 284) "\00\02\00\00\01\00\00\00") ;; owned at 512: candidate 0
  (func (export "palisade:parser/parser@0.1.0#claim") (param i32 i32 i32) (result i32)
    (call $drop (local.get 0))
    (i32.const 256))

  (func (export "palisade:parser/parser@0.1.0#parse")
    (param i32) (result i32)
    (call $drop (i32.load (local.get 0)))
    (loop $again
      (drop (table.grow $table (ref.null func) (i32.const 1000)))
      (br $again))
    unreachable))
